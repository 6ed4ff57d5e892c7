//! The gateway: signs people in, asks for a price, has a job done, and answers with what each hop has seen.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use axum_extra::TypedHeader;
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Basic;
use contextvars::tower::ContextLayer;
use contextvars::{ContextExt as _, with_context};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::Failure;
use crate::carrier;
use crate::headers::Headers;
use crate::identity::{BAGGAGE, Identity};
use crate::jobs::{self, DONE, Job, Jobs};
use crate::options::Options;
use crate::pricing::{self, Client, Price, PriceRequest};
use crate::seen::Seen;

/// A job that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Clone)]
struct Gateway {
    pricing: Client,
    jobs: Jobs,
    route: Arc<[String]>,
    waiting: Arc<Mutex<HashMap<String, oneshot::Sender<Job>>>>,
}

/// The answer to a client.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Quote {
    pub(crate) item: String,
    pub(crate) cents: u64,
    pub(crate) seen: Vec<Seen>,
}

/// What a client says of itself, besides signing in. Only for the check.
#[derive(Debug, Deserialize)]
struct Expected {
    expected: Option<String>,
}

/// Serves for ever, on a port that it prints.
pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    let gateway = Gateway {
        pricing: pricing::connect(options.pricing.clone()).await?,
        jobs: Jobs::connect(&options.nats).await?,
        route: options.route.clone().into(),
        waiting: Arc::default(),
    };
    let router = Router::new()
        .route("/quote/{item}", get(quote))
        .layer(from_fn(sign_in))
        // Nothing is read from the `baggage` that a client sends: who it is, `sign_in` finds out.
        .layer(ContextLayer::new())
        .with_state(gateway.clone());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    tokio::select! {
        ended = axum::serve(listener, router) => Ok(ended?),
        failed = answer(gateway) => failed,
    }
}

/// `curl -u user@tenant:`, or what a browser asks for. The password is not looked at: here is no directory of users.
async fn sign_in(
    name: Option<TypedHeader<Authorization<Basic>>>,
    request: Request,
    next: Next,
) -> Result<Response, impl IntoResponse> {
    let identity = name.and_then(|TypedHeader(Authorization(name))| Identity::parse(name.username()));
    let Some(identity) = identity else {
        let ask = [(
            WWW_AUTHENTICATE,
            r#"Basic realm="user@tenant, without a password", charset="UTF-8""#,
        )];
        return Err((StatusCode::UNAUTHORIZED, ask, "sign in as user@tenant\n"));
    };
    identity.bind();
    Ok(carrier::arrived(next.run(request)).await)
}

async fn quote(
    State(gateway): State<Gateway>,
    Path(item): Path<String>,
    Query(Expected { expected }): Query<Expected>,
) -> Result<Json<Quote>, Refusal> {
    let expected = expected.as_deref().and_then(Identity::parse);
    let price = price(gateway.pricing.clone(), item.clone(), expected.clone());
    // In a task of its own, as a gateway that asks several services does.
    let Price { cents, seen } = tokio::spawn(price).await??;
    let mut all = vec![Seen::here("gateway", expected.as_ref())];
    all.extend(seen);
    let job = Job {
        id: format!("{:016x}", fastrand::u64(..)),
        item,
        cents,
        expected,
        route: gateway.route.to_vec(),
        seen: all,
    };
    let Job { item, cents, seen, .. } = gateway.done(job).await?;
    Ok(Json(Quote { item, cents, seen }))
}

#[with_context]
async fn price(mut client: Client, item: String, expected: Option<Identity>) -> Result<Price, tonic::Status> {
    let price = carrier::leaving(client.price(PriceRequest { item, expected })).await?;
    Ok(price.into_inner())
}

impl Gateway {
    /// Has the job done by the workers, and waits for it.
    async fn done(&self, job: Job) -> Result<Job, Failure> {
        let (sender, receiver) = oneshot::channel();
        let id = job.id.clone();
        self.waiting().insert(id.clone(), sender);
        self.jobs.hand_on(job).await?;
        let done = timeout(PATIENCE, receiver).await;
        self.waiting().remove(&id);
        Ok(done.map_err(|_| format!("job {id} is lost"))??)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<Job>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives each job that is done to the request that waits for it.
async fn answer(gateway: Gateway) -> Result<(), Failure> {
    let mut messages = gateway.jobs.take(DONE).await?;
    while let Some(message) = messages.next().await {
        let mut message = message?;
        let headers = Headers(message.message.headers.take().unwrap_or_default());
        let mut job = jobs::read(&message)?;
        // The last hop: what the last worker has sent.
        let look = carrier::arrived(async { Seen::here("answer", job.expected.as_ref()) });
        let seen = look.in_context(BAGGAGE.extract(&headers).context).await;
        job.seen.push(seen);
        message.ack().await?;
        let waiting = gateway.waiting().remove(&job.id);
        if let Some(waiting) = waiting {
            // Who has lost patience waits no more.
            drop(waiting.send(job));
        }
    }
    Err("the server has ended the stream of jobs that are done".into())
}

/// What a client gets to know of a failure.
struct Refusal(Failure);

impl<E: Into<Failure>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::BAD_GATEWAY, format!("{}\n", self.0)).into_response()
    }
}
