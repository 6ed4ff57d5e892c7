//! The service, written three times: with the identity in context variables, in arguments, and in a
//! thread-local. Handlers, calls, queries and replies are the same; how the identity gets to them is not.

pub(crate) mod arguments;
pub(crate) mod contextual;
pub(crate) mod thread_local;

use http_body_util::Full;
use hyper::{Response, StatusCode, body::Bytes};

use crate::reply::Reply;

/// What carries the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    ContextVars,
    Arguments,
    ThreadLocal,
}

impl Carrier {
    pub(crate) const ALL: [Self; 3] = [Self::ContextVars, Self::Arguments, Self::ThreadLocal];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ContextVars => "contextvars",
            Self::Arguments => "arguments",
            Self::ThreadLocal => "thread-local",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|carrier| carrier.name() == name)
    }
}

fn respond(reply: Reply) -> Response<Full<Bytes>> {
    Response::new(Full::from(reply.into_text()))
}

fn refuse() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}
