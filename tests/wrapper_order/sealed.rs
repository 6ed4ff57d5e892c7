//! Explicit contexts: what is `fresh` or `in_context` takes nothing from the wrappers around it.

use std::pin::pin;

use contextvars::{Context, ContextExt, bind, bind_fn, outside, with_context};
use futures::future::{self, BoxFuture};
use futures::{FutureExt, StreamExt};

use crate::common::{drive, outside_and_inside, ready};
use crate::{A, B, C, Seen, annotated, annotated_boxed, awaits, for_every_kind, plain, relay, seen, timed};

#[with_context(fresh)]
async fn fresh() -> Seen {
    seen()
}

#[with_context(fresh)]
fn fresh_boxed() -> BoxFuture<'static, Seen> {
    Box::pin(plain())
}

/// What it makes before it returns is as fresh as itself.
#[with_context(fresh)]
fn fresh_returned() -> impl Future<Output = Seen> + Send {
    relay(annotated())
}

#[with_context(fresh, B = 5)]
async fn fresh_with_b() -> Seen {
    seen()
}

/// R4, R2: inside it is a place like any other, and one of its own.
#[test]
fn a_wrapper_made_inside_a_fresh_future_applies_there() {
    #[with_context(fresh)]
    async fn wraps() -> Seen {
        let handler = annotated();
        A.scope(1, handler).await
    }

    #[with_context(fresh)]
    async fn makes() -> BoxFuture<'static, Seen> {
        annotated().boxed()
    }

    #[with_context(fresh)]
    async fn wraps_what_another_made() -> Seen {
        let handler = makes().await;
        A.scope(1, handler).await
    }

    outside_and_inside(|| {
        assert_eq!(drive(wraps()), [1, 0, 0]);
        assert_eq!(drive(B.scope(2, wraps())), [1, 0, 0]);
        assert_eq!(drive(wraps_what_another_made()), [0, 0, 0]);
    });
}

/// R4
#[test]
fn a_scope_outside_in_context_adds_nothing_to_it() {
    let given = Context::new().with(&B, 7).with(&A, 9);
    for_every_kind(|_, make, name| {
        let scoped = A.scope(1, C.scope(2, make().in_context(given.clone())));
        assert_eq!(drive(scoped), [9, 7, 0], "{name}");
        let boxed = A.scope(1, make().in_context(given.clone()).boxed()).boxed();
        assert_eq!(drive(boxed), [9, 7, 0], "{name}, boxed");
        let relayed = A.scope(1, relay(make().in_context(given.clone())));
        assert_eq!(drive(relayed), [9, 7, 0], "{name}, relayed");
        let both = make().in_context(given.clone().with(&A, 1));
        assert_eq!(drive(both), [1, 7, 0], "{name}, and whoever wants both says so");
    });
}

/// R4
#[test]
fn of_nested_in_context_the_inner_one_shows() {
    let [inner, outer] = [Context::new().with(&B, 7), Context::new().with(&C, 8)];
    for_every_kind(|_, make, name| {
        let nested = make().in_context(inner.clone()).in_context(outer.clone());
        assert_eq!(drive(nested), [0, 7, 0], "{name}");
        let between = A.scope(1, make().in_context(inner.clone())).in_context(outer.clone());
        assert_eq!(drive(between), [0, 7, 0], "{name}, a scope between");
        let inside = A.scope(1, make()).in_context(inner.clone()).in_context(outer.clone());
        assert_eq!(drive(inside), [1, 7, 0], "{name}, a scope inside");
    });
}

/// R4: whoever wraps it, wherever, and whatever lies between.
#[test]
fn nothing_adds_to_what_is_fresh() {
    outside_and_inside(|| {
        let made: [fn() -> BoxFuture<'static, Seen>; 7] = [
            || fresh().boxed(),
            || fresh_boxed(),
            || fresh_returned().boxed(),
            || fresh().map(|seen| seen).boxed(),
            || timed(fresh().boxed()).boxed(),
            || awaits(fresh()).boxed(),
            || relay(fresh()).boxed(),
        ];
        for make in made {
            assert_eq!(drive(make()), [0, 0, 0]);
            assert_eq!(drive(A.scope(1, make())), [0, 0, 0]);
            assert_eq!(drive(A.scope(1, B.scope(2, make()).boxed())), [0, 0, 0]);
            assert_eq!(drive(make().in_context(Context::new().with(&C, 8))), [0, 0, 0]);
            let future = make();
            assert_eq!(drive(Context::new().with(&A, 1).run(|| B.scope(2, future))), [0, 0, 0]);
        }
        assert_eq!(drive(A.scope(1, B.scope(2, fresh_with_b()))), [0, 5, 0]);
    });
}

/// R4: an explicit context made by a stranger does not apply; nor does anything pass through it.
#[test]
fn nothing_passes_through_an_explicit_context() {
    outside_and_inside(|| {
        for future in [annotated().boxed(), relay(annotated()).boxed(), annotated_boxed()] {
            let strangers = Context::new().run(|| future.in_context(Context::new().with(&B, 7)));
            assert_eq!(drive(A.scope(1, strangers)), [0, 0, 0]);
        }
    });
}

#[with_context(fresh)]
async fn awaits_freshly<F: Future>(inner: F) -> F::Output {
    inner.await
}

#[with_context(fresh)]
fn gives_freshly(inner: BoxFuture<'static, Seen>) -> impl Future<Output = Seen> {
    inner
}

#[with_context(fresh, B = 5)]
fn gives_boxed_freshly(inner: BoxFuture<'static, Seen>) -> BoxFuture<'static, Seen> {
    drop(annotated());
    inner
}

#[with_context(fresh)]
fn drives_freshly(inner: BoxFuture<'static, Seen>) -> Seen {
    drive(inner)
}

#[with_context(fresh)]
async fn gives_a_stream_freshly(inner: BoxFuture<'static, Seen>) -> impl futures::Stream<Item = Seen> {
    futures::stream::once(inner)
}

async fn first_given(inner: BoxFuture<'static, Seen>) -> Seen {
    let items = pin!(gives_a_stream_freshly(inner).await);
    items.into_future().await.0.expect("one")
}

/// R4, Case P1: what is made fresh never acts as who polls it first, and nor does what it was given: a scope around it does
/// not pass through, though that would apply to the future inside if it were alone.
#[test]
fn nothing_passes_through_what_is_fresh() {
    let through: [fn(BoxFuture<'static, Seen>) -> BoxFuture<'static, Seen>; 6] = [
        |inner| awaits_freshly(inner).boxed(),
        |inner| relay(awaits_freshly(inner)).boxed(),
        |inner| gives_freshly(inner).boxed(),
        |inner| gives_boxed_freshly(inner),
        |inner| future::lazy(|_| drives_freshly(inner)).boxed(),
        |inner| first_given(inner).boxed(),
    ];
    for through in through {
        outside_and_inside(|| {
            assert_eq!(drive(A.scope(1, annotated())), [1, 0, 0], "alone");
            assert_eq!(drive(A.scope(1, through(annotated().boxed()))), [0, 0, 0]);
            let early = annotated().boxed();
            let later = through(early);
            assert_eq!(
                drive(A.scope(1, B.scope(2, later.shared()))),
                [0, 0, 0],
                "made at start-up"
            );
        });
    }
}

/// R4: as `run` and the calls of bound closures show nothing of a `sync_scope` around them.
#[test]
fn nothing_passes_through_run_and_bound_closures() {
    outside_and_inside(|| {
        let around = |call: &dyn Fn(BoxFuture<'static, Seen>) -> Seen| {
            let inner = annotated().boxed();
            drive(A.scope(1, future::lazy(move |_| call(inner))))
        };
        assert_eq!(around(&|inner| drive(inner)), [1, 0, 0], "a plain call");
        assert_eq!(around(&|inner| Context::new().run(|| drive(inner))), [0, 0, 0], "run");
        assert_eq!(around(&|inner| bind(|| drive(inner))()), [0, 0, 0], "bind");
        let inner = std::sync::Mutex::new(Some(annotated().boxed()));
        let bound = bind_fn(|| drive(inner.lock().expect("no panic").take().expect("once")));
        assert_eq!(drive(A.scope(1, future::lazy(|_| bound()))), [0, 0, 0], "bind_fn");
        let inner = annotated().boxed();
        let bound = bind!(move || inner);
        assert_eq!(
            drive(A.scope(1, async { bound().await })),
            [0, 0, 0],
            "the future of a bound closure"
        );
        let inner = annotated().boxed();
        let bound = bind!(async move |again: u32| (again, inner.await).1);
        assert_eq!(
            drive(A.scope(1, async { bound(1).await })),
            [0, 0, 0],
            "of a bound async closure"
        );
    });
}

/// R4: dropped without a poll, too.
#[test]
fn nothing_passes_through_to_a_destructor() {
    struct Probe<F: Future<Output = Seen>>(Option<F>);

    impl<F: Future<Output = Seen>> Drop for Probe<F> {
        fn drop(&mut self) {
            let inner = self.0.take().expect("one");
            assert_eq!(drive(Box::pin(inner)), [0, 0, 0]);
        }
    }

    let probe = Probe(Some(annotated()));
    drop(A.scope(1, awaits_freshly(async move { drop(probe) })));
}

/// R4: a capture, like a call of an annotated fn, and no explicit context.
#[test]
fn in_current_context_is_a_capture() {
    Context::new().with(&C, 3).run(|| {
        let captured = plain().in_current_context();
        C.set(4);
        assert_eq!(ready(A.scope(1, captured)), [1, 0, 3]);
        let made = annotated();
        C.set(5);
        assert_eq!(
            ready(made.in_current_context()),
            [0, 0, 4],
            "it keeps what it has captured"
        );
        let both = future::join(plain(), fresh()).in_current_context();
        assert_eq!(ready(A.scope(1, both)), ([1, 0, 5], [0, 0, 0]));
    });
}

/// R4, R5: what is called `outside` finds neither a context nor a wrapper, and may not write; afterwards all is as before.
#[test]
fn outside_every_context_and_wrapper() {
    outside_and_inside(|| {
        let early = annotated();
        let here = async {
            let before = seen();
            let found = outside(|| {
                let refused = A.try_set(9).is_err();
                (refused, seen(), ready(early), ready(annotated()), ready(plain()))
            });
            assert_eq!(found, (true, [0; 3], [0; 3], [0; 3], [0; 3]));
            assert_eq!(seen(), before);
            A.set(5);
            [before, annotated().await]
        };
        assert_eq!(drive(A.scope(1, B.scope(2, here))), [[1, 2, 0], [5, 2, 0]]);
    });
    Context::new().with(&A, 1).run(|| {
        let panicked = std::panic::catch_unwind(|| outside(|| panic!("expected")));
        assert!(panicked.is_err());
        assert_eq!(seen(), [1, 0, 0]);
    });
}
