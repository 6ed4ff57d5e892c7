//! `opentelemetry::Context`: a map by type, copied whenever a value is added.

use crate::harness::timing::time;
use crate::opaque::{Never, idle, opaque, plain, poll_once, polls};
use opentelemetry::Context;
use opentelemetry::context::FutureExt;
use std::hint::black_box;
use std::time::Duration;

/// Types tell values apart.
struct Number<const N: usize>(u64);
struct Text(String);

/// With 8 values.
fn bound() -> Context {
    Context::new()
        .with_value(Number::<1>(1))
        .with_value(Number::<2>(2))
        .with_value(Number::<3>(3))
        .with_value(Number::<4>(4))
        .with_value(Number::<5>(5))
        .with_value(Number::<6>(6))
        .with_value(Number::<7>(7))
        .with_value(Number::<8>(8))
}

#[inline(never)]
fn number() -> u64 {
    Context::map_current(|context| context.get::<Number<1>>().map_or(0, |number| number.0))
}

#[inline(never)]
fn missing() -> Option<u64> {
    Context::map_current(|context| context.get::<Number<0>>().map(|number| number.0))
}

#[inline(never)]
fn length_of_text() -> usize {
    Context::map_current(|context| context.get::<Text>().map_or(0, |text| text.0.len()))
}

pub(crate) fn get(n: u64) -> Duration {
    let _attached = bound().attach();
    time(n, number)
}

pub(crate) fn get_missing(n: u64) -> Duration {
    let _attached = bound().attach();
    time(n, missing)
}

pub(crate) fn with_text(n: u64) -> Duration {
    let _attached = Context::new()
        .with_value(Text("a request's identity".to_owned()))
        .attach();
    time(n, length_of_text)
}

pub(crate) fn polls_of_wrapped(n: u64) -> Duration {
    polls(n, || plain(opaque()).with_context(bound()))
}

pub(crate) fn inherit(n: u64) -> Duration {
    let _attached = bound().attach();
    time(n, || poll_once(|| idle().with_current_context()))
}

/// One value in a context that is empty otherwise.
pub(crate) fn scope(n: u64) -> Duration {
    time(n, || {
        poll_once(|| Never.with_context(Context::current_with_value(Number::<0>(black_box(7)))))
    })
}

/// One value beside 8 others.
pub(crate) fn scope_beside_8(n: u64) -> Duration {
    let _attached = bound().attach();
    scope(n)
}

/// One value in a context that is empty otherwise.
pub(crate) fn attach_and_detach(n: u64) -> Duration {
    time(n, || {
        let _attached = Context::current_with_value(Number::<0>(black_box(7))).attach();
        black_box(());
    })
}

/// One value beside 8 others.
pub(crate) fn attach_and_detach_beside_8(n: u64) -> Duration {
    let _attached = bound().attach();
    attach_and_detach(n)
}

/// An idle future with a value of its own.
pub(crate) fn idle_with_value(value: u64) -> impl Future<Output = ()> {
    idle().with_context(Context::current_with_value(Number::<0>(value)))
}
