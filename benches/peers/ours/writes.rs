//! Writes, snapshots and calls in scopes.

use super::variables::{FIRST, LAST, LOOSE};
use crate::rounds::time;
use contextvars::{Context, ContextVar, WithDefault};
use std::hint::black_box;
use std::time::Duration;

type Var = &'static ContextVar<u64, WithDefault>;

fn set_and_reset(var: Var) {
    let token = var.set(black_box(7));
    assert!(var.reset(token).is_ok());
}

pub(crate) fn set_and_reset_loose(n: u64) -> Duration {
    time(n, || set_and_reset(&LOOSE))
}

pub(crate) fn set_and_reset_first(n: u64) -> Duration {
    time(n, || set_and_reset(&FIRST))
}

pub(crate) fn set_and_reset_last(n: u64) -> Duration {
    time(n, || set_and_reset(&LAST))
}

pub(crate) fn set_with_guard(n: u64) -> Duration {
    time(n, || drop(LOOSE.set(black_box(7)).guard()))
}

pub(crate) fn call_in_scope_of_loose(n: u64) -> Duration {
    time(n, || LOOSE.sync_scope(black_box(7), || black_box(())))
}

pub(crate) fn call_in_scope_of_first(n: u64) -> Duration {
    time(n, || FIRST.sync_scope(black_box(7), || black_box(())))
}

pub(crate) fn call_in_scope_of_last(n: u64) -> Duration {
    time(n, || LAST.sync_scope(black_box(7), || black_box(())))
}

/// A variable that was bound is set again under a snapshot that shows its old value.
pub(crate) fn first_set_of_bound(n: u64) -> Duration {
    time(n, || {
        let snapshot = Context::current();
        FIRST.set(black_box(7));
        snapshot
    })
}

/// A variable that was not bound is set under a snapshot that does not show it, and reset.
pub(crate) fn first_set_of_loose(n: u64) -> Duration {
    time(n, || {
        let snapshot = Context::current();
        set_and_reset(&LOOSE);
        snapshot
    })
}

pub(crate) fn snapshot(n: u64) -> Duration {
    time(n, Context::current)
}
