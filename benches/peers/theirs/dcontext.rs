//! `dcontext`: a store of values by name, swapped in around a poll. Its reads are clones: it has no `with`.

use crate::harness::timing::time;
use crate::opaque::{Never, idle, opaque, plain, poll_once, polls};
use dcontext::{ContextFutureExt, ContextKey, RegistryBuilder};
use std::hint::black_box;
use std::time::Duration;

static NUMBERS: [ContextKey<u64>; 8] = [
    ContextKey::new("a"),
    ContextKey::new("b"),
    ContextKey::new("c"),
    ContextKey::new("d"),
    ContextKey::new("e"),
    ContextKey::new("f"),
    ContextKey::new("g"),
    ContextKey::new("h"),
];
static LOOSE: ContextKey<u64> = ContextKey::new("loose");

/// Names its variables to the registry.
pub(crate) fn set_up() {
    let mut builder = RegistryBuilder::new();
    for number in &NUMBERS {
        number.register_on(&mut builder);
    }
    LOOSE.register_on(&mut builder);
    dcontext::initialize(builder);
}

/// With 8 values.
fn bound<R>(f: impl FnOnce() -> R) -> R {
    let _attached = dcontext::attach_store(dcontext::fork());
    for (number, value) in NUMBERS.iter().zip(1..) {
        number.set(value);
    }
    f()
}

#[inline(never)]
fn number() -> Option<u64> {
    NUMBERS[0].get()
}

#[inline(never)]
fn missing() -> Option<u64> {
    LOOSE.get()
}

pub(crate) fn get(n: u64) -> Duration {
    bound(|| time(n, number))
}

pub(crate) fn get_missing(n: u64) -> Duration {
    bound(|| time(n, missing))
}

pub(crate) fn polls_of_fork(n: u64) -> Duration {
    bound(|| polls(n, || plain(opaque()).fork()))
}

pub(crate) fn inherit(n: u64) -> Duration {
    bound(|| time(n, || poll_once(|| idle().fork())))
}

pub(crate) fn scope(n: u64) -> Duration {
    async fn bind(value: u64) {
        LOOSE.set(value);
        Never.await;
    }
    bound(|| time(n, || poll_once(|| bind(black_box(7)).fork())))
}

pub(crate) fn call_in_scope(n: u64) -> Duration {
    bound(|| {
        time(n, || {
            let _attached = dcontext::attach_store(dcontext::fork());
            LOOSE.set(black_box(7));
        })
    })
}
