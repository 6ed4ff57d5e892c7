//! R11: what a poll, a capture or a read costs does not depend on how many variables exist; R12: nor on the past.
//!
//! Allocations are counted exactly, by an allocator that counts for each thread. Times are compared with each other
//! in one run, best of many, against limits that only another order of growth can miss.

mod allocators;
#[cfg(feature = "baggage")]
mod baggage;
#[path = "../common/mod.rs"]
mod common;
mod counting;
mod depth;
mod retention;
mod spare;

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::future::{pending, poll_fn};

use common::{drive, many, poll_once, ready, yield_now};
use counting::allocations;

#[context_var]
static NUMBER: u64 = 0;
#[context_var]
static TEXT: String = "text".to_owned();
#[context_var]
static UNBOUND: u64;

/// Runs `f` in a context with so many variables bound, and `NUMBER` and `TEXT`.
fn with_bound<R>(variables: usize, f: impl FnOnce() -> R) -> R {
    let variables: Vec<_> = many::all().into_iter().take(variables).collect();
    Context::new().run(|| {
        NUMBER.set(1);
        for (number, variable) in variables.iter().enumerate() {
            variable.set(number);
        }
        TEXT.set("bound".to_owned());
        f()
    })
}

/// How many bytes live that this thread has allocated, when it has all the spare memory that it keeps.
///
/// A thread keeps four blocks of each size that bindings and nodes have. This holds as many of each at once, and frees them,
/// so that what two measurements differ by is held by somebody.
fn live() -> isize {
    #[context_var]
    static PAIR: [u64; 2];
    #[context_var]
    static WIDE: [u64; 4];

    let variables = many::all();
    let mut kept = Vec::with_capacity(4 * 24);
    for _ in 0..4 {
        let mut context = Context::new().with(&TEXT, String::new());
        for variable in variables.iter().take(24) {
            // A version is as wide as that before it or wider, and needs a node of its own.
            context = context.with(variable, 1);
            kept.push(context.clone());
        }
        kept.push(context.with(&PAIR, [0; 2]).with(&WIDE, [0; 4]));
    }
    drop(kept);
    counting::bytes()
}

/// How many bytes more live on this thread after `f`.
fn growth(f: impl FnOnce()) -> isize {
    let before = live();
    f();
    live() - before
}

#[with_context]
async fn handler() -> u64 {
    NUMBER.get()
}

/// R11
#[test]
fn reads_allocate_nothing() {
    for bound in [0, 1, 8, 32, 1000] {
        let made = with_bound(bound, || {
            allocations(|| {
                black_box(NUMBER.get());
                black_box(NUMBER.is_set());
                TEXT.with(|text| black_box(text.len()));
                NUMBER.try_with(|number| black_box(number.copied()));
            })
        });
        assert_eq!(made, 0, "{bound} bound");
    }
}

/// R11, Case T35
#[test]
fn polls_allocate_nothing() {
    for bound in [0, 1, 8, 32, 1000] {
        let made = with_bound(bound, || {
            let mut plain = pin!(NUMBER.scope(2, pending::<()>()));
            let mut annotated = pin!(waits());
            let mut first = || {
                assert!(poll_once(plain.as_mut()).is_pending());
                assert!(poll_once(annotated.as_mut()).is_pending());
            };
            first();
            allocations(|| (0..10).for_each(|_| first()))
        });
        assert_eq!(made, 0, "{bound} bound");
    }
    let mut empty = pin!(pending::<()>().in_context(Context::new()));
    let mut poll = || assert!(poll_once(empty.as_mut()).is_pending());
    poll();
    assert_eq!(allocations(|| (0..10).for_each(|_| poll())), 0, "an empty context");
}

/// R11, Case T35: a poll holds no reference of its own to what is bound, or a write in it would have to copy.
#[test]
fn a_write_in_a_poll_leaves_what_it_does_elsewhere() {
    let write = || growth(|| drop(NUMBER.set(2)));
    let writes = async || {
        // The first after a capture copies.
        let first = write();
        yield_now().await;
        (first, write())
    };
    for bound in [1, 8, 32, 1000] {
        with_bound(bound, || {
            write();
            let elsewhere = write();
            let (first, second) = drive(writes().in_current_context());
            assert!(
                first > second && second == elsewhere,
                "{bound} bound: {first}, {second}, {elsewhere}"
            );
        });
    }
}

/// R11: what an annotated fn writes before it returns its future is noted without an allocation where that is easy to tell.
#[test]
fn what_a_fn_writes_before_its_future_is_noted_without_an_allocation() {
    #[with_context]
    fn boxed(writes: impl FnOnce()) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        writes();
        Box::pin(async {})
    }

    Context::new().run(|| {
        let made = |writes: fn()| {
            let call = || ready(boxed(writes));
            call();
            allocations(call)
        };
        let nothing = made(|| ());
        assert_eq!(made(|| drop(NUMBER.set(2))), nothing, "one variable");
        assert_eq!(made(|| (0..9).for_each(|number| drop(NUMBER.set(number)))), nothing);
    });
}

#[with_context]
async fn waits() {
    NUMBER.set(3);
    poll_fn(|_| {
        black_box(NUMBER.get());
        std::task::Poll::<()>::Pending
    })
    .await;
}

/// R11
#[test]
fn captures_allocate_the_same_however_many_are_bound() {
    let made = |bound| {
        with_bound(bound, || {
            let snapshot = allocations(|| drop(black_box(Context::current())));
            let annotated = allocations(|| drop(black_box(handler())));
            let polled = allocations(|| assert_eq!(ready(handler()), 1));
            [snapshot, annotated, polled]
        })
    };
    let few = made(1);
    for bound in [8, 32, 100, 1000] {
        assert_eq!(made(bound), few, "{bound} bound");
    }
}

/// R11: the first write after a snapshot copies no more than a path.
#[test]
fn a_write_after_a_snapshot_does_not_copy_everything() {
    let bytes = |bound| {
        with_bound(bound, || {
            let snapshot = Context::current();
            let grown = growth(|| drop(NUMBER.set(2)));
            drop(snapshot);
            grown
        })
    };
    let (few, many) = (bytes(8), bytes(1000));
    assert!(many <= few.max(64) * 8, "{many} bytes for a thousand, {few} for eight");
}

/// The best time of many for a hundred calls.
fn best(mut f: impl FnMut()) -> Duration {
    let time = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..100).for_each(|_| f());
        start.elapsed()
    };
    (0..200)
        .map(|_| time(&mut f))
        .min()
        .expect("not none")
        .max(Duration::from_nanos(100))
}

/// R11
#[test]
fn time_does_not_grow_with_the_variables() {
    let times = |bound| {
        with_bound(bound, || {
            let mut waits = pin!(waits());
            [
                best(|| _ = black_box(NUMBER.get())),
                best(|| _ = black_box(TEXT.with(String::len))),
                best(|| drop(black_box(Context::current()))),
                best(|| drop(black_box(handler()))),
                best(|| _ = black_box(ready(handler()))),
                best(|| _ = black_box(poll_once(waits.as_mut()))),
            ]
        })
    };
    let names = ["get", "with", "snapshot", "capture", "first poll", "poll"];
    for ((few, many), name) in times(8).into_iter().zip(times(1000)).zip(names) {
        // A walk over a thousand variables takes a hundred times as long as one over eight.
        assert!(
            many <= few * 20,
            "{name}: {many:?} with a thousand bound, {few:?} with eight"
        );
    }
}

/// An annotated async fn adds three words to its future, and holds no argument twice that the plain one holds once.
#[test]
fn a_future_grows_by_three_words() {
    async fn plain<const N: usize>(argument: [u8; N], text: &str) -> usize {
        poll_fn(|_| std::task::Poll::Ready(())).await;
        argument.len() + text.len()
    }

    #[with_context]
    async fn annotated<const N: usize>(argument: [u8; N], text: &str) -> usize {
        poll_fn(|_| std::task::Poll::Ready(())).await;
        argument.len() + text.len()
    }

    fn grown<const N: usize>() -> usize {
        size_of_val(&annotated([0; N], "text")).saturating_sub(size_of_val(&plain([0; N], "text")))
    }

    let grown = [grown::<0>(), grown::<1>(), grown::<64>(), grown::<1024>()];
    assert!(grown.iter().all(|grown| *grown <= 24), "{grown:?} bytes");
}
