//! The authentication middleware: the one place that learns the user from the request.

use std::convert::Infallible;

use contextvars::with_context;
use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::AUTHORIZATION,
};

use crate::{
    carrier, handlers,
    sighting::{Sighting, Stage},
    user::User,
};

/// Every request is a call, and every call has a context of its own, so that a keep-alive
/// connection hands nothing from one request to the next.
#[with_context]
pub(crate) async fn authenticate(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Some(user) = bearer(&request) else {
        let stranger = Sighting::at(Stage::Refusal);
        return Ok(handlers::respond(StatusCode::UNAUTHORIZED, stranger.to_string()));
    };
    let _signed_in = carrier::sign_in(user);
    Ok(handlers::route(request).await)
}

fn bearer(request: &Request<Incoming>) -> Option<User> {
    let header = request.headers().get(AUTHORIZATION)?;
    User::from_bearer(header.to_str().ok()?)
}
