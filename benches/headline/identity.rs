//! Whom a request is served for: a user and a request id, sent in its headers.

use std::{fmt, sync::Arc};

use hyper::{HeaderMap, Request};

pub(crate) const USER: &str = "x-user";
pub(crate) const REQUEST_ID: &str = "x-request-id";

#[derive(Clone, Copy, Debug)]
pub(crate) struct User(u32);

#[derive(Clone, Debug)]
pub(crate) struct RequestId(Arc<str>);

#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) user: User,
    pub(crate) request_id: RequestId,
}

impl Identity {
    /// Drops the request, whose head keeps the buffer that it was read into: hyper has had another one since.
    #[expect(clippy::needless_pass_by_value, reason = "it is dropped here")]
    pub(crate) fn of<B>(request: Request<B>) -> Option<Self> {
        let headers = request.headers();
        Self::parse(header(headers, USER)?, header(headers, REQUEST_ID)?)
    }

    fn parse(user: &str, request_id: &str) -> Option<Self> {
        Some(Self {
            user: User(user.strip_prefix("user-")?.parse().ok()?),
            request_id: RequestId(request_id.into()),
        })
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

impl User {
    pub(crate) fn numbered(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user-{}", self.0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
