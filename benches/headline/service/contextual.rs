//! The service with the identity in context variables. Below `serve` nothing is handed it.

use std::convert::Infallible;

use contextvars::{context_var, with_context};
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
};
use tokio::task::yield_now;

use crate::{
    backend::{self, Query},
    identity::{Identity, RequestId, User},
    reply::{Reply, Stage},
    service::{refuse, respond},
};

#[context_var]
static USER: User;
#[context_var]
static REQUEST_ID: RequestId;

#[with_context]
pub(crate) async fn serve(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Some(Identity { user, request_id }) = Identity::of(request) else {
        return Ok(refuse());
    };
    USER.set(user);
    REQUEST_ID.set(request_id);
    Ok(respond(handle().await))
}

async fn handle() -> Reply {
    let mut reply = Reply::default();
    ask(&mut reply, Stage::Entry);
    orders(&mut reply).await;
    ask(&mut reply, Stage::Exit);
    reply
}

async fn orders(reply: &mut Reply) {
    account(reply).await;
    let audit = tokio::spawn(audit());
    backend::answer(Query::Orders).await;
    ask(reply, Stage::Orders);
    reply.append(&audit.await.expect("the audit ends"));
}

async fn account(reply: &mut Reply) {
    table(reply).await;
}

async fn table(reply: &mut Reply) {
    backend::answer(Query::Table).await;
    ask(reply, Stage::Table);
}

#[with_context]
async fn audit() -> Reply {
    yield_now().await;
    let mut reply = Reply::default();
    ask(&mut reply, Stage::Audit);
    reply
}

fn ask(reply: &mut Reply, stage: Stage) {
    REQUEST_ID.with(|request_id| reply.saw(stage, USER.get(), request_id));
}
