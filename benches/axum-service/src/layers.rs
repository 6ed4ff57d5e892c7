//! The service with both values in context variables, bound by layers. Every function is annotated.

use axum::{Router, routing::get};
use contextvars::tower::BindLayer;
use contextvars::{context_var, with_context};
use tokio::task::yield_now;
use tower::ServiceBuilder;

use crate::identity::{self, RequestId, User};
use crate::reply;

#[context_var]
static USER: User = "nobody".into();
#[context_var]
static REQUEST_ID: RequestId = 0;

pub(crate) fn app() -> Router {
    let identify = ServiceBuilder::new()
        .layer(BindLayer::new(&USER, identity::user))
        .layer(BindLayer::new(&REQUEST_ID, identity::request_id));
    Router::new().route("/orders", get(orders)).layer(identify)
}

#[with_context]
async fn orders() -> String {
    let audit = tokio::spawn(audit());
    let found = find().await;
    reply::lines(&found, &audit.await.expect("the audit ends"))
}

#[with_context]
async fn find() -> String {
    account().await
}

#[with_context]
async fn account() -> String {
    table().await
}

#[with_context]
async fn table() -> String {
    row().await
}

#[with_context]
async fn row() -> String {
    yield_now().await;
    reply::line(&USER.get(), REQUEST_ID.get())
}

#[with_context]
async fn audit() -> String {
    yield_now().await;
    reply::line(&USER.get(), REQUEST_ID.get())
}
