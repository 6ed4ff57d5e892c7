//! The service with both values in context variables, bound by scopes in a middleware. No function is annotated.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::{Router, response::Response, routing::get};
use contextvars::{ContextExt, context_var};
use tokio::task::yield_now;

use crate::identity::{self, RequestId, User};
use crate::reply;

#[context_var]
static USER: User = "nobody".into();
#[context_var]
static REQUEST_ID: RequestId = 0;

pub(crate) fn app() -> Router {
    Router::new().route("/orders", get(orders)).layer(from_fn(identify))
}

async fn identify(request: Request, next: Next) -> Response {
    let (user, request_id) = (identity::user(&request), identity::request_id(&request));
    USER.scope(user, REQUEST_ID.scope(request_id, next.run(request))).await
}

async fn orders() -> String {
    let audit = tokio::spawn(audit().in_current_context());
    let found = find().await;
    reply::lines(&found, &audit.await.expect("the audit ends"))
}

async fn find() -> String {
    account().await
}

async fn account() -> String {
    table().await
}

async fn table() -> String {
    row().await
}

async fn row() -> String {
    yield_now().await;
    reply::line(&USER.get(), REQUEST_ID.get())
}

async fn audit() -> String {
    yield_now().await;
    reply::line(&USER.get(), REQUEST_ID.get())
}
