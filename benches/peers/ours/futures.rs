//! Annotated functions and scopes, made and polled.

use super::variables::VAR;
use crate::opaque::{Never, Opaque, idle, opaque, plain, poll_once, polls};
use crate::rounds::time;
use contextvars::{ContextExt, with_context};
use std::hint::black_box;
use std::time::Duration;

#[with_context]
pub(crate) async fn annotated(inner: Opaque) {
    inner.await;
}

#[with_context]
pub(crate) async fn annotated_idle() {
    Never.await;
}

/// Ready at its first poll.
#[with_context]
async fn annotated_leaf() {
    black_box(());
}

/// Binds a variable of its own, and is never ready.
#[with_context]
pub(crate) async fn annotated_writer(value: u64) {
    VAR.set(value);
    Never.await;
}

pub(crate) fn polls_of_annotated(n: u64) -> Duration {
    polls(n, || annotated(opaque()))
}

pub(crate) fn polls_of_scope(n: u64) -> Duration {
    polls(n, || VAR.scope(7, plain(opaque())))
}

/// Call, first poll, completion and drop.
pub(crate) fn capture_to_completion(n: u64) -> Duration {
    time(n, || poll_once(annotated_leaf))
}

/// Call, first poll and cancellation.
pub(crate) fn capture_and_cancel(n: u64) -> Duration {
    time(n, || poll_once(annotated_idle))
}

pub(crate) fn wrap_in_current_context(n: u64) -> Duration {
    time(n, || poll_once(|| idle().in_current_context()))
}

pub(crate) fn scope(n: u64) -> Duration {
    time(n, || poll_once(|| VAR.scope(black_box(7), Never)))
}
