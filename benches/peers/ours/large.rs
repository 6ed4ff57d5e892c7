//! Large futures: what a scope, a context or an annotation around one costs. None need copy it.

use super::variables::VAR;
use crate::opaque::{fill, large, large_owning, poll_once};
use crate::rounds::time;
use contextvars::{Context, ContextExt, with_context};
use std::hint::black_box;
use std::time::Duration;

/// As the plain one.
#[with_context]
async fn annotated<const N: usize>() -> u8 {
    if black_box(false) {
        let mut buffer = [0; N];
        fill(&mut buffer).await;
        return buffer[0];
    }
    7
}

pub(crate) fn scope<const N: usize>(n: u64) -> Duration {
    time(n, || poll_once(|| VAR.scope(black_box(7), large::<N>())))
}

pub(crate) fn capture<const N: usize>(n: u64) -> Duration {
    time(n, || poll_once(annotated::<N>))
}

/// As the plain one.
#[with_context]
async fn annotated_owning<const N: usize>(text: String) -> usize {
    if black_box(false) {
        let mut buffer = [0; N];
        fill(&mut buffer).await;
        return usize::from(buffer[0]);
    }
    text.len()
}

/// As for a spawn.
pub(crate) fn capture_boxed<const N: usize>(n: u64) -> Duration {
    time(n, || {
        poll_once(|| Box::pin(annotated_owning::<N>(black_box(String::new()))))
    })
}

pub(crate) fn scope_boxed<const N: usize>(n: u64) -> Duration {
    let future = || large_owning::<N>(black_box(String::new()));
    time(n, || poll_once(|| Box::pin(VAR.scope(black_box(7), future()))))
}

pub(crate) fn in_context<const N: usize>(n: u64) -> Duration {
    let context = Context::current();
    time(n, || poll_once(|| large::<N>().in_context(context.clone())))
}

pub(crate) fn in_current_context<const N: usize>(n: u64) -> Duration {
    time(n, || poll_once(|| large::<N>().in_current_context()))
}
