//! `execution-context`: a persistent map, read by reference count. Its `set` never frees a value, so that it can't
//! run in a loop, and it has no futures.

use crate::harness::timing::time;
use execution_context::{ExecutionContext, flow_local};
use std::time::Duration;

flow_local!(static NUMBER: u64 = 0);
flow_local!(static TEXT: String = "a request's identity".to_owned());

#[inline(never)]
fn number() -> u64 {
    *NUMBER.get()
}

#[inline(never)]
fn length_of_text() -> usize {
    TEXT.get().len()
}

/// The first read leaves the default in the context, where the others find it.
pub(crate) fn get(n: u64) -> Duration {
    time(n, number)
}

pub(crate) fn with_text(n: u64) -> Duration {
    time(n, length_of_text)
}

/// Capture, enter, leave and drop.
pub(crate) fn capture_and_run(n: u64) -> Duration {
    time(n, || ExecutionContext::capture().run(|| 7))
}
