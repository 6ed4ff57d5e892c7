//! Writes, snapshots and calls in scopes.

use super::variables::VAR;
use crate::rounds::time;
use contextvars::Context;
use std::hint::black_box;
use std::time::Duration;

fn set_and_reset_once() {
    let token = VAR.set(black_box(7));
    assert!(VAR.reset(token).is_ok());
}

pub(crate) fn set_and_reset(n: u64) -> Duration {
    time(n, set_and_reset_once)
}

pub(crate) fn set_with_guard(n: u64) -> Duration {
    time(n, || drop(VAR.set(black_box(7)).guard()))
}

pub(crate) fn call_in_scope(n: u64) -> Duration {
    time(n, || VAR.sync_scope(black_box(7), || black_box(())))
}

/// A variable that was bound is set again under a snapshot that shows its old value.
pub(crate) fn first_set(n: u64) -> Duration {
    time(n, || {
        let snapshot = Context::current();
        VAR.set(black_box(7));
        snapshot
    })
}

/// A variable that was not bound is set under a snapshot that does not show it, and reset.
pub(crate) fn first_set_and_reset(n: u64) -> Duration {
    time(n, || {
        let snapshot = Context::current();
        set_and_reset_once();
        snapshot
    })
}

pub(crate) fn snapshot(n: u64) -> Duration {
    time(n, Context::current)
}
