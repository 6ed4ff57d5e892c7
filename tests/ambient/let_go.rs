//! What is carried is let go when the future or the closure has ended or is dropped, and no sooner.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;

use contextvars::tower::Captured;
use contextvars::{ContextExt, bind, bind_fn, with_context};

use crate::common::{OnDrop, poll_once, quiet_expected_panics, yield_now};
use crate::tag::{NAME, holders, tag, tagged_with};

#[with_context]
async fn yields() {
    yield_now().await;
}

#[with_context]
fn returned() -> impl Future<Output = ()> {
    NAME.set("written");
    yield_now()
}

#[with_context]
async fn scoped_inside() {
    NAME.scope("alice", yields()).await;
}

/// Checks a future that waits once.
fn check<F: Future<Output = ()>>(make: impl Fn() -> F) {
    let held = Arc::new(());
    let make = || tagged_with(&held, "captured", &make);

    let never_polled = make();
    assert!(holders(&held) >= 1);
    drop(never_polled);
    assert_eq!(holders(&held), 0);

    let mut cancelled = Box::pin(make());
    assert!(poll_once(cancelled.as_mut()).is_pending());
    assert!(holders(&held) >= 1);
    drop(cancelled);
    assert_eq!(holders(&held), 0);

    let mut completed = Box::pin(make());
    assert!(poll_once(completed.as_mut()).is_pending());
    assert!(poll_once(completed.as_mut()).is_ready());
    assert_eq!(holders(&held), 0, "the future has ended");
    drop(completed);
    assert_eq!(holders(&held), 0);
}

/// R12, R13
#[test]
fn when_a_future_has_ended_or_is_dropped() {
    check(yields);
    check(returned);
    check(scoped_inside);
    check(|| yield_now().in_current_context());
    check(|| NAME.scope("alice", yield_now()));
    check(|| NAME.scope("alice", NAME.scope("bob", yields())).in_current_context());
    check(|| bind!(async { yields().await }));
    check(|| bind!(|| async { yields().await })());
    check(|| bind!(|| yields())());
}

/// R12, R13
#[test]
fn after_a_panic_it_is_kept_until_the_drop() {
    quiet_expected_panics();
    #[with_context]
    async fn panics() {
        std::panic::resume_unwind(Box::new("expected"));
    }
    let held = Arc::new(());
    let mut future = Box::pin(tagged_with(&held, "captured", panics));
    assert!(catch_unwind(AssertUnwindSafe(|| poll_once(future.as_mut()))).is_err());
    drop(future);
    assert_eq!(holders(&held), 0);
}

/// R12, R13
#[test]
fn when_a_closure_was_called_or_is_dropped() {
    let held = Arc::new(());
    let bind_tag = || tagged_with(&held, "captured", || bind(tag));
    let dropped = bind_tag();
    assert_eq!(holders(&held), 1);
    drop(dropped);
    assert_eq!(holders(&held), 0);
    assert_eq!(bind_tag()(), Some("captured"));
    assert_eq!(holders(&held), 0);

    let many = tagged_with(&held, "captured", || bind_fn(tag));
    assert_eq!((many(), many()), (Some("captured"), Some("captured")));
    assert_eq!(holders(&held), 1);
    drop(many);
    assert_eq!(holders(&held), 0);

    let makes = tagged_with(&held, "captured", || bind!(|| yield_now()));
    let future = makes();
    drop(makes);
    assert_eq!(holders(&held), 1, "its future may be polled yet");
    drop(future);
    assert_eq!(holders(&held), 0);
}

/// R12, R13
#[test]
fn when_no_clone_of_a_request_is_left() {
    let held = Arc::new(());
    let request = tagged_with(&held, "captured", || Captured::new(1));
    let retried = request.clone();
    drop(request);
    assert_eq!(holders(&held), 1);
    drop(retried);
    assert_eq!(holders(&held), 0);
}

/// R12, R13
#[test]
fn a_call_that_is_synchronous_keeps_nothing() {
    #[with_context]
    fn plain(held: &Arc<()>) -> usize {
        holders(held)
    }
    #[with_context]
    fn fails() -> Result<futures::future::BoxFuture<'static, ()>, ()> {
        Err(())
    }
    let held = Arc::new(());
    assert_eq!(tagged_with(&held, "captured", || plain(&held)), 1, "the thread's");
    assert!(tagged_with(&held, "captured", fails).is_err());
    assert_eq!(holders(&held), 0);
}

/// R12, R13
#[test]
fn closures_that_are_made_and_not_called_keep_nothing() {
    #[with_context]
    fn makes_closures() {
        drop((move || tag(), async move { tag() }, async move || tag()));
    }
    let held = Arc::new(());
    tagged_with(&held, "captured", makes_closures);
    assert_eq!(holders(&held), 0);
}

/// R12, R13
#[test]
fn no_sooner_than_the_last_destructor_has_run() {
    let held = Arc::new(());
    let seen = std::cell::Cell::new(0);
    {
        let last = OnDrop(|| seen.set(holders(&held)));
        let future = async move {
            yield_now().await;
            drop(last);
        };
        let mut future = pin!(tagged_with(&held, "captured", || future.in_current_context()));
        assert!(poll_once(future.as_mut()).is_pending());
    }
    assert!(seen.get() >= 1);
    assert_eq!(holders(&held), 0);
}
