//! Operations in a poll that wrappers enclose, as all code of a request is behind a middleware that binds something.

use super::variables::{Position, VAR, Wrapped};
use crate::opaque::poll_once;
use contextvars::{Context, ContextExt};
use std::future;
use std::task::Poll;
use std::time::Duration;

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

/// Below nested scopes of so many variables: `VAR` and its neighbours.
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
