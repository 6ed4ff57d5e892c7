//! Those who ask in the same process: each sends an identity of its own, and knows the answer.

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;

use crate::identity::{REQUEST_ID, USER};
use crate::reply;

pub(crate) struct Caller {
    user: HeaderValue,
    request_id: HeaderValue,
    pub(crate) answer: String,
}

impl Caller {
    /// One out of a thousand. All of them have names and numbers of equal length, so that their requests cost the same.
    pub(crate) fn new(number: u64) -> Self {
        let user = format!("user-{:03}", number % 1000);
        let request_id = 1_000 + number % 1000;
        let line = reply::line(&user, request_id);
        Self {
            user: user.try_into().expect("letters and digits"),
            request_id: request_id.into(),
            answer: reply::lines(&line, &line),
        }
    }

    pub(crate) fn request(&self) -> Request {
        Request::get("/orders")
            .header(USER, &self.user)
            .header(REQUEST_ID, &self.request_id)
            .body(Body::empty())
            .expect("a request")
    }
}
