//! `task-local`: the same as in tokio, in a crate of its own.

use crate::opaque::{Never, opaque, plain, poll_once, polls};
use crate::ours::variables::Counted;
use crate::rounds::time;
use std::hint::black_box;
use std::time::Duration;

task_local::task_local! {
    static NUMBER: u64;
    static COUNTED: Counted;
    static TEXT: String;
}

#[inline(never)]
fn number() -> u64 {
    NUMBER.get()
}

#[inline(never)]
fn missing() -> Option<u64> {
    NUMBER.try_get().ok()
}

#[inline(never)]
fn counted() -> u64 {
    COUNTED.get().0
}

#[inline(never)]
fn length_of_text() -> usize {
    TEXT.with(String::len)
}

pub(crate) fn get(n: u64) -> Duration {
    NUMBER.sync_scope(7, || time(n, number))
}

pub(crate) fn get_in_tight_loop(n: u64) -> Duration {
    NUMBER.sync_scope(7, || time(n, || NUMBER.get()))
}

pub(crate) fn get_missing(n: u64) -> Duration {
    time(n, missing)
}

pub(crate) fn get_counted(n: u64) -> Duration {
    COUNTED.sync_scope(Counted(7), || time(n, counted))
}

pub(crate) fn with_text(n: u64) -> Duration {
    TEXT.sync_scope("a request's identity".to_owned(), || time(n, length_of_text))
}

pub(crate) fn polls_of_scope(n: u64) -> Duration {
    polls(n, || NUMBER.scope(7, plain(opaque())))
}

pub(crate) fn scope(n: u64) -> Duration {
    time(n, || poll_once(NUMBER.scope(black_box(7), Never)))
}

pub(crate) fn call_in_scope(n: u64) -> Duration {
    time(n, || NUMBER.sync_scope(black_box(7), || black_box(())))
}
