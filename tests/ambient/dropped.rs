//! The destructor inside a future sees what the future carries, in the future's context.

use std::future::{self, Future};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

use contextvars::{Context, ContextExt, bind, context_var, with_context};
use futures::future::{BoxFuture, LocalBoxFuture};
use futures::stream::{FuturesUnordered, StreamExt};

use crate::common::by_hand::{ByHand, Then};
use crate::common::{Log, OnDrop, drive, panic_of, poll_once, quiet_expected_panics, yield_now};
use crate::tag::{Here, NAME, Tag, here, holders, tag, tagged, tagged_with, untagged};

type Seen = Log<Here>;

fn say(seen: &Seen) -> OnDrop<impl FnMut() + Send + use<>> {
    let seen = seen.clone();
    OnDrop(move || seen.push(here()))
}

fn by_hand(
    seen: &Seen,
    then: Then,
) -> ByHand<OnDrop<impl FnMut() + Send + use<>>, impl FnMut() + Unpin + Send + use<>> {
    ByHand::new(say(seen), || drop(NAME.try_set("inside")), then)
}

#[with_context]
async fn waits<P>(argument: P) {
    NAME.set("inside");
    future::pending::<()>().await;
    drop(argument);
}

#[with_context]
fn returned(seen: &Seen, then: Then) -> impl Future<Output = ()> + Send + use<> {
    by_hand(seen, then)
}

const CAPTURED: Option<&str> = Some("captured");

/// Makes a future of each kind on a thread that has "captured", and lets `end` end it on one that has none.
fn each(then: Then, end: impl Fn(BoxFuture<'static, ()>, &Seen)) {
    let seen = Log::new();
    let check = |future: BoxFuture<'static, ()>| {
        NAME.sync_scope("dropper", || {
            end(future, &seen);
            assert_eq!(here(), (None, "dropper"));
        });
    };
    check(tagged("captured", || Box::pin(returned(&seen, then))));
    check(tagged("captured", || {
        Box::pin(by_hand(&seen, then).in_current_context())
    }));
    check(tagged("captured", || {
        Box::pin(NAME.scope("scoped", by_hand(&seen, then)))
    }));
    check(tagged("captured", || {
        let future = by_hand(&seen, then);
        Box::pin(bind!(async move { future.await }))
    }));
}

/// R7, R13
#[test]
fn pending() {
    each(Then::Wait, |mut future, seen| {
        assert!(poll_once(future.as_mut()).is_pending());
        drop(future);
        assert_eq!(seen.take(), [(CAPTURED, "inside")]);
    });
}

/// R7, R13
#[test]
fn never_polled() {
    each(Then::Wait, |future, seen| {
        drop(future);
        let seen = seen.take();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].0, CAPTURED);
        assert_ne!(seen[0].1, "dropper");
    });
}

/// R7, R13
#[test]
fn completed() {
    each(Then::Complete, |mut future, seen| {
        assert!(poll_once(future.as_mut()).is_ready());
        assert_eq!(seen.take(), [(CAPTURED, "inside")], "at completion");
        drop(future);
        assert_eq!(seen.take(), []);
    });
}

/// R7, R13
#[test]
fn after_a_panic() {
    quiet_expected_panics();
    each(Then::Panic, |mut future, seen| {
        assert!(catch_unwind(AssertUnwindSafe(|| poll_once(future.as_mut()))).is_err());
        drop(future);
        assert_eq!(seen.take(), [(CAPTURED, "inside")]);
    });
}

/// R7, R13
#[test]
fn the_droppers_own_stays() {
    each(Then::Wait, |mut future, seen| {
        assert!(poll_once(future.as_mut()).is_pending());
        tagged("the dropper's", || {
            drop(future);
            assert_eq!(tag(), Some("the dropper's"));
        });
        assert_eq!(seen.take(), [(Some("the dropper's"), "inside")]);
    });
}

/// R7, R13
#[test]
fn an_annotated_async_fn() {
    let seen = Log::new();
    let mut polled = Box::pin(tagged("captured", || waits(say(&seen))));
    let never = tagged("captured", || NAME.sync_scope("caller", || waits(say(&seen))));
    assert!(poll_once(polled.as_mut()).is_pending());
    drop(polled);
    drop(never);
    assert_eq!(seen.take(), [(CAPTURED, "inside"), (CAPTURED, "caller")]);
    assert_eq!(here(), (None, "nobody"));
}

/// R4, R7, R13
#[test]
fn a_scope_around_one_that_was_never_polled_applies() {
    #[with_context]
    async fn with_argument<P>(argument: P) {
        drop(argument);
    }
    let seen = Log::new();
    let scoped = tagged("captured", || NAME.scope("scope", with_argument(say(&seen))));
    drop(scoped);
    assert_eq!(seen.take(), [(CAPTURED, "scope")]);
}

/// R7, R13
#[test]
fn a_future_in_the_locals_of_another() {
    #[with_context]
    async fn outer(seen: Seen) {
        NAME.set("outer");
        let mut inner = Box::pin(tagged("inner", || waits(say(&seen))));
        untagged(|| assert!(poll_once(inner.as_mut()).is_pending()));
        let _dropped_before = say(&seen);
        future::pending::<()>().await;
    }
    let seen = Log::new();
    let mut future = Box::pin(tagged("captured", || outer(seen.clone())));
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(seen.take(), [(CAPTURED, "outer"), (CAPTURED, "inside")]);
}

/// R6, R7, R13
#[test]
fn a_destructor_that_panics() {
    #[with_context]
    async fn with_argument<P>(argument: P) {
        future::pending::<()>().await;
        drop(argument);
    }
    let (seen, held) = (Log::new(), std::sync::Arc::new(()));
    let panicking = || {
        let seen = seen.clone();
        OnDrop(move || {
            seen.push(here());
            panic!("expected");
        })
    };
    NAME.sync_scope("dropper", || {
        let check = |future: LocalBoxFuture<'static, ()>| {
            assert_eq!(panic_of(|| drop(future)).message, "expected");
            assert_eq!(here(), (None, "dropper"));
            assert_eq!(holders(&held), 0);
            assert_eq!(
                seen.take(),
                [(CAPTURED, "caller"), (CAPTURED, "caller")],
                "both are dropped"
            );
        };
        let caller = |future: &dyn Fn() -> LocalBoxFuture<'static, ()>| {
            tagged_with(&held, "captured", || NAME.sync_scope("caller", future))
        };
        check(caller(&|| Box::pin(with_argument((say(&seen), panicking())))));
        check(caller(&|| {
            let argument = (say(&seen), panicking());
            let plain = async move {
                future::pending::<()>().await;
                drop(argument);
            };
            Box::pin(plain.in_current_context())
        }));
    });
}

/// R7, R13
#[test]
fn in_the_middle_of_a_panic() {
    let seen = Log::new();
    let mut future = Box::pin(tagged("captured", || waits(say(&seen))));
    assert!(poll_once(future.as_mut()).is_pending());
    let wrapper = tagged("captured", || by_hand(&seen, Then::Wait).in_current_context());
    let panicked = panic_of(|| {
        let _dropped = (future, wrapper);
        panic!("expected");
    });
    assert_eq!(panicked.message, "expected");
    assert_eq!(seen.take(), [(CAPTURED, "inside"), (CAPTURED, "nobody")]);
    assert_eq!(here(), (None, "nobody"));
}

/// R7, R13
#[test]
fn members_of_a_group() {
    let seen = Log::new();
    let group = FuturesUnordered::new();
    for name in ["one", "two"] {
        group.push(tagged(name, || waits(say(&seen))));
    }
    let mut group = group;
    assert!(poll_once(pin!(group.next())).is_pending());
    drop(group);
    let mut names = seen.take();
    names.sort_unstable();
    assert_eq!(names, [(Some("one"), "inside"), (Some("two"), "inside")]);
}

/// R7, R13
#[test]
fn local_variables_are_there_too() {
    #[context_var(local)]
    static LOCAL: &str = "none";

    #[with_context]
    async fn sets(seen: Log<(Option<&'static str>, &'static str)>) {
        LOCAL.set("inside");
        let _last = OnDrop(move || seen.push((tag(), LOCAL.get())));
        yield_now().await;
        assert_eq!((tag(), LOCAL.get()), (CAPTURED, "inside"));
        future::pending::<()>().await;
    }

    let seen = Log::new();
    let mut future = Box::pin(tagged("captured", || sets(seen.clone())));
    assert!(poll_once(future.as_mut()).is_pending());
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(seen.take(), [(CAPTURED, "inside")]);
    assert_eq!(LOCAL.get(), "none");
}

/// R10, R13
#[test]
fn while_a_thread_ends() {
    use std::cell::RefCell;

    thread_local! {
        static LAST: RefCell<Option<BoxFuture<'static, ()>>> = const { RefCell::new(None) };
    }

    let seen = Log::new();
    let future = tagged("captured", || waits(say(&seen)));
    let thread = std::thread::spawn(move || {
        let mut future = Box::pin(future);
        assert!(poll_once(future.as_mut()).is_pending());
        LAST.set(Some(future));
        tagged("used", || ());
    });
    thread.join().expect("no panic");
    let seen = seen.take();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].1, "inside");
}

/// R7, R13
#[test]
fn a_destructor_may_capture_and_drop_others() {
    let seen = Log::new();
    let of_inner = seen.clone();
    let nested = OnDrop(move || {
        let inner = waits(say(&of_inner));
        untagged(|| drop(inner));
        assert_eq!(drive(async { here() }.in_current_context()), (CAPTURED, "inside"));
        assert_eq!(drive(async { here() }.in_context(Context::new())), (CAPTURED, "nobody"));
    });
    let mut future = Box::pin(tagged("captured", || waits(nested)));
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(seen.take(), [(CAPTURED, "inside")]);
    assert!(!<Tag as contextvars::Ambient>::is_present());
}

/// R7, R13
#[test]
fn what_wrappers_displaced_goes_after_the_future() {
    #[context_var]
    static VALUE: Option<Noisy> = None;

    #[derive(Clone)]
    struct Noisy(Log<&'static str>);

    impl Drop for Noisy {
        fn drop(&mut self) {
            self.0.push("value");
        }
    }

    let log = Log::new();
    let of_future = log.clone();
    let future = tagged("captured", || {
        VALUE.sync_scope(Some(Noisy(log.clone())), || {
            let inner = waits(OnDrop(move || of_future.push("future")));
            VALUE.scope(None, inner)
        })
    });
    log.take();
    drop(future);
    assert_eq!(log.take(), ["future", "value"]);
}

/// R7, R13
#[test]
fn a_long_chain() {
    #[with_context]
    fn chain(depth: usize, seen: Seen) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let _last = say(&seen);
            match depth {
                0 => future::pending().await,
                _ => chain(depth - 1, seen.clone()).await,
            }
        })
    }

    let seen = Log::new();
    let mut future = tagged("captured", || chain(200, seen.clone()));
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(seen.take(), vec![(CAPTURED, "nobody"); 201]);
    assert_eq!(here(), (None, "nobody"));
}

/// R7, R13
#[test]
fn one_that_ends_in_the_middle_of_a_panic() {
    #[with_context]
    async fn ends(seen: Seen) {
        let _last = say(&seen);
    }

    let seen = Log::new();
    let future = tagged("captured", || ends(seen.clone()));
    let panicked = panic_of(|| {
        let mut future = Some(future);
        let _driven = OnDrop(move || drive(future.take().expect("one drop")));
        panic!("expected");
    });
    assert_eq!(panicked.message, "expected");
    assert_eq!(seen.take(), [(CAPTURED, "nobody")]);
}
