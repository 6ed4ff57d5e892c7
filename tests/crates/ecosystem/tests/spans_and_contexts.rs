//! The span and opentelemetry's context, both carried, through `tracing-opentelemetry`: no parent is doubled or wrong.

#[path = "common/traced_request.rs"]
mod traced_request;

use contextvars::opentelemetry::CurrentContext;
use contextvars::tracing::CurrentSpan;

/// Case P19, R13
#[test]
fn the_span_first() {
    contextvars::carry::<CurrentSpan>();
    contextvars::carry::<CurrentContext>();
    assert_eq!(traced_request::tree(), traced_request::WHOLE);
}
