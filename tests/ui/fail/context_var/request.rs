use contextvars::context_var;
use http::Request;
use http_body_util::combinators::UnsyncBoxBody;

/// What the body of axum's requests is made of.
type Body = UnsyncBoxBody<&'static [u8], String>;

#[context_var]
static REQUEST: Request<Body>;

fn main() {}
