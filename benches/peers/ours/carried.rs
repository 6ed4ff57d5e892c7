//! Annotated futures that carry the current span.

use super::operations::{annotated, annotated_idle};
use crate::harness::timing::time;
use crate::opaque::{opaque, poll_once, polls};
use contextvars::tracing::CurrentSpan;
use std::time::Duration;
use tracing::info_span;

/// Carries it from now on, in the whole process.
pub(crate) fn set_up() {
    contextvars::carry::<CurrentSpan>();
}

/// Polls where the thread is in no span: the captured one is entered.
pub(crate) fn polls_elsewhere(n: u64) -> Duration {
    let span = info_span!("request", user = 7_u64);
    polls(n, || span.in_scope(|| annotated(opaque())))
}

/// Polls where the thread is in a span: nothing is entered.
pub(crate) fn polls_in_span(n: u64) -> Duration {
    info_span!("request", user = 7_u64).in_scope(|| polls(n, || annotated(opaque())))
}

/// Polls of what was captured in no span: there is nothing to carry.
pub(crate) fn polls_of_nothing(n: u64) -> Duration {
    polls(n, || annotated(opaque()))
}

/// Call, first poll and drop, in a span.
pub(crate) fn inherit(n: u64) -> Duration {
    info_span!("request", user = 7_u64).in_scope(|| time(n, || poll_once(annotated_idle)))
}

/// The same in no span.
pub(crate) fn inherit_nothing(n: u64) -> Duration {
    time(n, || poll_once(annotated_idle))
}
