//! R11, R4: what is twice as deep costs twice as much.

use std::pin::Pin;
use std::thread;
use std::time::{Duration, Instant};

use contextvars::{Context, with_context};
use futures::future::pending;

use crate::common::{poll_once, ready};
use crate::counting::allocations;
use crate::{NUMBER, UNBOUND};

type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

async fn plain(left: u64) -> u64 {
    if left == 0 {
        return 0;
    }
    let inner: Boxed<u64> = Box::pin(plain(left - 1));
    NUMBER.scope(left, inner).await + NUMBER.get()
}

#[with_context]
async fn annotated(left: u64) -> u64 {
    if left == 0 {
        return 0;
    }
    let inner: Boxed<u64> = Box::pin(annotated(left - 1));
    NUMBER.scope(left, inner).await + NUMBER.get()
}

/// The variables take turns, so that no version is of the one that it replaces.
#[with_context]
async fn in_turn(left: u64) -> u64 {
    if left == 0 {
        return 0;
    }
    let inner: Boxed<u64> = Box::pin(in_turn(left - 1));
    let scope = if left % 2 == 0 {
        NUMBER.scope(left, inner)
    } else {
        UNBOUND.scope(left, inner)
    };
    scope.await + NUMBER.get()
}

async fn waits(left: u64) -> u64 {
    if left == 0 {
        return pending().await;
    }
    let inner: Boxed<u64> = Box::pin(waits(left - 1));
    NUMBER.scope(left, inner).await
}

#[with_context]
async fn annotated_waits(left: u64) -> u64 {
    if left == 0 {
        return pending().await;
    }
    let inner: Boxed<u64> = Box::pin(annotated_waits(left - 1));
    NUMBER.scope(left, inner).await
}

/// Dropped while it waits.
fn cancelled(mut future: Boxed<u64>) -> u64 {
    assert!(poll_once(future.as_mut()).is_pending());
    0
}

/// The name of a recursion, and how to go so deep.
type Recursion = (&'static str, fn(u64) -> u64);

const RECURSIONS: [Recursion; 6] = [
    ("of a plain fn", |depth| ready(plain(depth))),
    ("of an annotated fn", |depth| ready(annotated(depth))),
    ("of an annotated fn in a context", |depth| {
        Context::new().with(&NUMBER, 1).run(|| ready(annotated(depth)))
    }),
    ("of two variables in turn", |depth| ready(in_turn(depth))),
    ("of a plain fn, cancelled", |depth| cancelled(Box::pin(waits(depth)))),
    ("of an annotated fn, cancelled", |depth| {
        cancelled(Box::pin(annotated_waits(depth)))
    }),
];

fn on_a_large_stack<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(512 << 20);
        thread
            .spawn_scoped(scope, f)
            .expect("a thread")
            .join()
            .expect("no panic")
    })
}

/// R11
#[test]
fn allocations_go_by_the_depth() {
    for (name, recursion) in RECURSIONS {
        let [few, many] = on_a_large_stack(|| {
            recursion(1);
            [200, 400].map(|depth| allocations(|| _ = recursion(depth)))
        });
        // Some of the memory was spare.
        assert!(
            many.abs_diff(few * 2) < 20,
            "{name}: {few} at depth 200, {many} at depth 400"
        );
    }
}

/// R11, R4: each level asks the wrapper around it, not all of them.
#[test]
fn time_goes_by_the_depth() {
    for (name, recursion) in RECURSIONS {
        let best = |depth| {
            let time = |_| {
                let start = Instant::now();
                recursion(depth);
                start.elapsed()
            };
            (0..20)
                .map(time)
                .min()
                .expect("not none")
                .max(Duration::from_nanos(100))
        };
        let [_, few, many] = on_a_large_stack(|| [400, 50, 400].map(best));
        // Of what is linear 8 times the time, of what asks all at each level up to 64 times.
        assert!(many <= few * 28, "{name}: {many:?} at depth 400, {few:?} at depth 50");
    }
}
