//! The service with both values passed by hand.

use axum::extract::Request;
use axum::{Router, routing::get};
use tokio::task::yield_now;

use crate::identity::{self, RequestId, User};
use crate::reply;

pub(crate) fn app() -> Router {
    Router::new().route("/orders", get(orders))
}

async fn orders(request: Request) -> String {
    let (user, request_id) = (identity::user(&request), identity::request_id(&request));
    let audit = tokio::spawn(audit(user.clone(), request_id));
    let found = find(&user, request_id).await;
    reply::lines(&found, &audit.await.expect("the audit ends"))
}

async fn find(user: &User, request_id: RequestId) -> String {
    account(user, request_id).await
}

async fn account(user: &User, request_id: RequestId) -> String {
    table(user, request_id).await
}

async fn table(user: &User, request_id: RequestId) -> String {
    row(user, request_id).await
}

async fn row(user: &User, request_id: RequestId) -> String {
    yield_now().await;
    reply::line(user, request_id)
}

async fn audit(user: User, request_id: RequestId) -> String {
    yield_now().await;
    reply::line(&user, request_id)
}
