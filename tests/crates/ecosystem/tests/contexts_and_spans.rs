//! Both carried, as in `spans_and_contexts.rs`, in the other order.

#[path = "common/traced_request.rs"]
mod traced_request;

use contextvars::opentelemetry::CurrentContext;
use contextvars::tracing::CurrentSpan;

/// Case P19, R13
#[test]
fn the_context_alone_and_then_the_span_too() {
    contextvars::carry::<CurrentContext>();
    assert_eq!(
        traced_request::tree(),
        traced_request::WHOLE,
        "it knows the span's context"
    );
    contextvars::carry::<CurrentSpan>();
    assert_eq!(traced_request::tree(), traced_request::WHOLE);
}
