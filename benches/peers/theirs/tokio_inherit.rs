//! `tokio-inherit-task-local`: a table of values, copied where a future inherits.

use crate::harness::timing::time;
use crate::opaque::{Never, idle, opaque, plain, poll_once, polls};
use std::hint::black_box;
use std::time::Duration;
use tokio_inherit_task_local::{FutureInheritTaskLocal, inheritable_task_local};

inheritable_task_local! {
    static A: u64;
    static B: u64;
    static C: u64;
    static D: u64;
    static E: u64;
    static F: u64;
    static G: u64;
    static H: u64;
    static LOOSE: u64;
    static TEXT: String;
}

/// With 8 values.
fn bound<R>(f: impl FnOnce() -> R) -> R {
    let inner = || E.sync_scope(5, || F.sync_scope(6, || G.sync_scope(7, || H.sync_scope(8, f))));
    A.sync_scope(1, || B.sync_scope(2, || C.sync_scope(3, || D.sync_scope(4, inner))))
}

#[inline(never)]
fn number() -> u64 {
    A.get()
}

#[inline(never)]
fn missing() -> Option<u64> {
    LOOSE.try_with(|&number| number).ok()
}

#[inline(never)]
fn length_of_text() -> usize {
    TEXT.with(String::len)
}

pub(crate) fn get(n: u64) -> Duration {
    bound(|| time(n, number))
}

pub(crate) fn get_missing(n: u64) -> Duration {
    bound(|| time(n, missing))
}

pub(crate) fn with_text(n: u64) -> Duration {
    TEXT.sync_scope("a request's identity".to_owned(), || time(n, length_of_text))
}

pub(crate) fn polls_of_scope(n: u64) -> Duration {
    bound(|| polls(n, || LOOSE.scope(7, plain(opaque()))))
}

pub(crate) fn inherit(n: u64) -> Duration {
    bound(|| time(n, || poll_once(|| idle().inherit_task_local())))
}

pub(crate) fn scope(n: u64) -> Duration {
    bound(|| time(n, || poll_once(|| LOOSE.scope(black_box(7), Never))))
}

pub(crate) fn call_in_scope(n: u64) -> Duration {
    bound(|| time(n, || LOOSE.sync_scope(black_box(7), || black_box(()))))
}
