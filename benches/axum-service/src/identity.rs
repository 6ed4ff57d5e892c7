//! What every function of the service may need: who asks, and the number of the request.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;

pub(crate) type User = Arc<str>;
pub(crate) type RequestId = u64;

pub(crate) const USER: &str = "x-user";
pub(crate) const REQUEST_ID: &str = "x-request-id";

pub(crate) fn user(request: &Request) -> User {
    text(request.headers(), USER).unwrap_or("nobody").into()
}

pub(crate) fn request_id(request: &Request) -> RequestId {
    text(request.headers(), REQUEST_ID)
        .and_then(|id| id.parse().ok())
        .unwrap_or_default()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
