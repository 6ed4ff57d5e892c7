//! This crate's operations other than reads of one place: writes, snapshots, scopes, annotated functions.

use super::variables::{Position, VAR, Wrapped};
use crate::harness::timing::time;
use crate::opaque::{Never, Opaque, fill, idle, large, large_owning, opaque, plain, poll_once, polls};
use contextvars::{Context, ContextExt, with_context};
use std::future::{self, ready};
use std::hint::black_box;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

pub(crate) fn get_in_tight_loop(n: u64) -> Duration {
    time(n, || VAR.get())
}

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

// Annotated functions and scopes, made and polled.

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

// Around large futures: none of these need copy the future.

/// As `large`, which is plain.
#[with_context]
async fn annotated_large<const N: usize>() -> u8 {
    if black_box(false) {
        let mut buffer = [0; N];
        fill(&mut buffer).await;
        return buffer[0];
    }
    7
}

pub(crate) fn scope_of_large<const N: usize>(n: u64) -> Duration {
    time(n, || poll_once(|| VAR.scope(black_box(7), large::<N>())))
}

pub(crate) fn capture_of_large<const N: usize>(n: u64) -> Duration {
    time(n, || poll_once(annotated_large::<N>))
}

/// As `large_owning`, which is plain.
#[with_context]
async fn annotated_large_owning<const N: usize>(text: String) -> usize {
    if black_box(false) {
        let mut buffer = [0; N];
        fill(&mut buffer).await;
        return usize::from(buffer[0]);
    }
    text.len()
}

/// As for a spawn.
pub(crate) fn capture_of_large_boxed<const N: usize>(n: u64) -> Duration {
    time(n, || {
        poll_once(|| Box::pin(annotated_large_owning::<N>(black_box(String::new()))))
    })
}

pub(crate) fn scope_of_large_boxed<const N: usize>(n: u64) -> Duration {
    let future = || large_owning::<N>(black_box(String::new()));
    time(n, || poll_once(|| Box::pin(VAR.scope(black_box(7), future()))))
}

pub(crate) fn large_in_context<const N: usize>(n: u64) -> Duration {
    let context = Context::current();
    time(n, || poll_once(|| large::<N>().in_context(context.clone())))
}

pub(crate) fn large_in_current_context<const N: usize>(n: u64) -> Duration {
    time(n, || poll_once(|| large::<N>().in_current_context()))
}

// Functions that return a boxed future, as methods of a `dyn` trait do, and the same plain.

type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

async fn answer() -> u64 {
    ready(black_box(7)).await
}

fn boxed_plain() -> Boxed {
    Box::pin(answer())
}

#[with_context]
fn boxed_unwritten() -> Boxed {
    Box::pin(answer())
}

#[with_context(VAR = black_box(7))]
fn boxed_written() -> Boxed {
    Box::pin(answer())
}

/// The block is one of an annotated function, and so captures too.
#[with_context]
fn boxed_block() -> Boxed {
    Box::pin(async { ready(black_box(7)).await })
}

pub(crate) fn call_boxed_plain(n: u64) -> Duration {
    time(n, || poll_once(boxed_plain))
}

pub(crate) fn call_boxed_unwritten(n: u64) -> Duration {
    time(n, || poll_once(boxed_unwritten))
}

pub(crate) fn call_boxed_written(n: u64) -> Duration {
    time(n, || poll_once(boxed_written))
}

pub(crate) fn call_boxed_block(n: u64) -> Duration {
    time(n, || poll_once(boxed_block))
}

// Operations in a poll that wrappers enclose, as all code of a request is behind a middleware that binds something.

type Operation = fn(u64) -> Duration;

/// Runs the operation in a poll of what `wrap` makes of its future.
fn below(wrap: impl for<'a> FnOnce(Wrapped<'a>) -> Wrapped<'a>, operation: Operation, n: u64) -> Duration {
    let mut took = Duration::ZERO;
    let innermost = Box::pin(future::poll_fn(|_| {
        took = operation(n);
        Poll::Ready(())
    }));
    assert!(poll_once(|| wrap(innermost)));
    took
}

pub(crate) fn below_scope(operation: Operation) -> impl FnMut(u64) -> Duration {
    move |n| below(|inner| Box::pin(VAR.scope(7, inner)), operation, n)
}

/// Inside nested scopes of `VAR` and the variables that got their numbers after it.
pub(crate) fn below_scopes(scopes: usize, operation: Operation) -> impl FnMut(u64) -> Duration {
    let variables = move || Position::VAR.onwards().take(scopes);
    move |n| {
        below(
            |inner| variables().fold(inner, |inner, variable| variable.wrap(inner)),
            operation,
            n,
        )
    }
}

pub(crate) fn below_in_context(operation: Operation) -> impl FnMut(u64) -> Duration {
    move |n| below(|inner| Box::pin(inner.in_context(Context::current())), operation, n)
}

pub(crate) fn below_in_current_context(operation: Operation) -> impl FnMut(u64) -> Duration {
    move |n| below(|inner| Box::pin(inner.in_current_context()), operation, n)
}
