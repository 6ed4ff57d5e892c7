//! The service with both values in `task_local!`s of tokio, bound in a middleware as axum's guide has it.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::{Router, response::Response, routing::get};
use tokio::task::yield_now;
use tokio::task_local;

use crate::identity::{self, RequestId, User};
use crate::reply;

task_local! {
    static USER: User;
    static REQUEST_ID: RequestId;
}

pub(crate) fn app() -> Router {
    Router::new().route("/orders", get(orders)).layer(from_fn(identify))
}

async fn identify(request: Request, next: Next) -> Response {
    let (user, request_id) = (identity::user(&request), identity::request_id(&request));
    USER.scope(user, REQUEST_ID.scope(request_id, next.run(request))).await
}

async fn orders() -> String {
    // Nothing is inherited.
    let audit = tokio::spawn(USER.scope(USER.get(), REQUEST_ID.scope(REQUEST_ID.get(), audit())));
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
