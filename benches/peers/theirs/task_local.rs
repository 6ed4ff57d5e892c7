//! `task-local`: the same as in tokio, in a crate of its own.

use super::tokio::{Place, place, reads};
use crate::harness::timing::{PLACES, sixteen, time};
use crate::opaque::{Never, opaque, plain, poll_once, polls};
use std::hint::black_box;
use std::time::Duration;

task_local::task_local! {
    static NUMBER: u64;
}

static READS: [Place; PLACES] = sixteen!(place, task_local::task_local);

pub(crate) fn get() -> impl FnMut(u64) -> Duration {
    reads(&READS, |place| place.get)
}

pub(crate) fn get_missing() -> impl FnMut(u64) -> Duration {
    reads(&READS, |place| place.get_missing)
}

pub(crate) fn get_counted() -> impl FnMut(u64) -> Duration {
    reads(&READS, |place| place.get_counted)
}

pub(crate) fn with_text() -> impl FnMut(u64) -> Duration {
    reads(&READS, |place| place.with_text)
}

pub(crate) fn get_in_tight_loop(n: u64) -> Duration {
    NUMBER.sync_scope(7, || time(n, || NUMBER.get()))
}

pub(crate) fn polls_of_scope(n: u64) -> Duration {
    polls(n, || NUMBER.scope(7, plain(opaque())))
}

pub(crate) fn scope(n: u64) -> Duration {
    time(n, || poll_once(|| NUMBER.scope(black_box(7), Never)))
}

pub(crate) fn call_in_scope(n: u64) -> Duration {
    time(n, || NUMBER.sync_scope(black_box(7), || black_box(())))
}
