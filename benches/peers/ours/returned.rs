//! Functions that return a boxed future, as methods of a `dyn` trait do, and the same plain.

use super::variables::VAR;
use crate::opaque::poll_once;
use crate::rounds::time;
use contextvars::with_context;
use std::future::ready;
use std::hint::black_box;
use std::pin::Pin;
use std::time::Duration;

type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

async fn answer() -> u64 {
    ready(black_box(7)).await
}

fn plain() -> Boxed {
    Box::pin(answer())
}

#[with_context]
fn unwritten() -> Boxed {
    Box::pin(answer())
}

#[with_context(VAR = black_box(7))]
fn written() -> Boxed {
    Box::pin(answer())
}

/// The block is one of an annotated function, and so captures too.
#[with_context]
fn block() -> Boxed {
    Box::pin(async { ready(black_box(7)).await })
}

pub(crate) fn call_plain(n: u64) -> Duration {
    time(n, || poll_once(plain))
}

pub(crate) fn call_unwritten(n: u64) -> Duration {
    time(n, || poll_once(unwritten))
}

pub(crate) fn call_written(n: u64) -> Duration {
    time(n, || poll_once(written))
}

pub(crate) fn call_of_block(n: u64) -> Duration {
    time(n, || poll_once(block))
}
