//! What is carried is entered for each poll and call, where the thread has none; and then the thread has what it had.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;

use contextvars::{ContextExt, bind, bind_fn, with_context};

use crate::common::by_hand::{ByHand, Then};
use crate::common::{Log, poll_once, quiet_expected_panics, yield_now};
use crate::tag::{NAME, here, tag, tagged, untagged};

#[with_context]
async fn three_polls(seen: Log<Option<&'static str>>) {
    for _ in 0..2 {
        seen.push(tag());
        yield_now().await;
    }
    seen.push(tag());
}

/// Polls on a thread that has none, one that has another, and one that has none.
fn poll_here_and_there<F: Future<Output = ()>>(future: F) {
    let mut future = pin!(future);
    assert!(poll_once(future.as_mut()).is_pending());
    assert_eq!(tag(), None);
    tagged("the poller's", || {
        assert!(poll_once(future.as_mut()).is_pending());
        assert_eq!(tag(), Some("the poller's"));
    });
    assert!(poll_once(future).is_ready());
    assert_eq!(tag(), None);
}

/// R13
#[test]
fn each_poll_enters_it_where_there_is_none() {
    let seen = Log::new();
    let expected = [Some("captured"), Some("the poller's"), Some("captured")];
    poll_here_and_there(tagged("captured", || three_polls(seen.clone())));
    assert_eq!(seen.take(), expected);
    let plain = |seen: Log<_>| async move {
        for _ in 0..2 {
            seen.push(tag());
            yield_now().await;
        }
        seen.push(tag());
    };
    poll_here_and_there(tagged("captured", || plain(seen.clone()).in_current_context()));
    assert_eq!(seen.take(), expected);
    poll_here_and_there(tagged("captured", || NAME.scope("alice", plain(seen.clone()))));
    assert_eq!(seen.take(), expected);
    poll_here_and_there(tagged("captured", || bind!(async move { plain(seen.clone()).await })));
}

/// R13
#[test]
fn what_a_future_was_given_of_its_own_stays() {
    /// What `Instrumented` is to a span.
    struct Given<F>(&'static str, F);

    impl<F: Future + Unpin> Future for Given<F> {
        type Output = F::Output;

        fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<F::Output> {
            let name = self.0;
            tagged(name, || Pin::new(&mut self.1).poll(cx))
        }
    }

    let given = tagged("captured", || Given("its own", Box::pin(annotated())));
    assert_eq!(poll_once(pin!(given)), Poll::Ready(Some("its own")));
    #[with_context]
    async fn annotated() -> Option<&'static str> {
        tag()
    }
}

/// R13
#[test]
fn futures_in_a_future_that_carries() {
    #[with_context]
    async fn inner() -> Option<&'static str> {
        yield_now().await;
        tag()
    }
    #[with_context]
    async fn outer() -> [Option<&'static str>; 4] {
        let another = tagged("another", inner);
        let in_a_scope = NAME.scope("alice", inner());
        let spawned = std::thread::spawn(|| crate::common::drive(inner()));
        let moved = inner();
        [
            another.await,
            in_a_scope.await,
            spawned.join().expect("no panic"),
            untagged(|| crate::common::drive_across_threads(moved)),
        ]
    }
    let seen = crate::common::drive_across_threads(tagged("outer", outer));
    assert_eq!(seen, [Some("outer"), Some("outer"), None, Some("outer")]);
}

/// R6, R13
#[test]
fn after_a_panic_the_thread_has_what_it_had() {
    quiet_expected_panics();

    fn panics() -> ByHand<(), impl FnMut() + Unpin> {
        ByHand::new((), || assert_eq!(tag(), Some("captured")), Then::Panic)
    }

    fn check<F: Future<Output = ()>>(make: impl FnOnce() -> F) {
        let mut future = Box::pin(tagged("captured", make));
        NAME.sync_scope("poller", || {
            for _ in 0..2 {
                assert!(catch_unwind(AssertUnwindSafe(|| poll_once(future.as_mut()))).is_err());
                assert_eq!(here(), (None, "poller"));
            }
            drop(future);
            assert_eq!(here(), (None, "poller"));
        });
    }

    #[with_context]
    fn returned() -> impl Future<Output = ()> {
        panics()
    }

    check(returned);
    check(|| panics().in_current_context());
    check(|| NAME.scope("alice", panics()));
    let call = tagged("captured", || bind_fn(|| crate::common::drive(panics())));
    for _ in 0..2 {
        assert!(catch_unwind(AssertUnwindSafe(&call)).is_err());
        assert_eq!(here(), (None, "nobody"));
    }
}

/// R6, R13
#[test]
fn an_annotated_future_that_panics_leaves_the_thread_as_it_was() {
    quiet_expected_panics();
    #[with_context]
    async fn panics() {
        NAME.set("inside");
        yield_now().await;
        assert_eq!(here(), (Some("captured"), "inside"));
        resume_unwind(Box::new("expected"));
    }
    let mut future = Box::pin(tagged("captured", panics));
    NAME.sync_scope("poller", || {
        assert!(poll_once(future.as_mut()).is_pending());
        assert_eq!(here(), (None, "poller"));
        assert!(catch_unwind(AssertUnwindSafe(|| poll_once(future.as_mut()))).is_err());
        assert_eq!(here(), (None, "poller"));
        drop(future);
        assert_eq!(here(), (None, "poller"));
    });
}

/// R13
#[test]
#[should_panic(expected = "polled after completion")]
fn a_wrapper_that_has_ended_says_so() {
    let mut future = pin!(tagged("captured", || async {}.in_current_context()));
    assert!(poll_once(future.as_mut()).is_ready());
    let _ = poll_once(future);
}

/// R13
#[test]
#[should_panic(expected = "polled after completion")]
fn an_annotated_future_that_has_ended_says_so() {
    #[with_context]
    async fn ends() {}
    let mut future = pin!(tagged("captured", ends));
    assert!(poll_once(future.as_mut()).is_ready());
    let _ = poll_once(future);
}

/// R13
#[test]
fn whether_it_has_ended_is_known_with_and_without() {
    use futures::future::FusedFuture;

    let mut future = pin!(tagged("captured", || {
        futures::FutureExt::fuse(yield_now()).in_current_context()
    }));
    assert!(!future.is_terminated());
    assert!(poll_once(future.as_mut()).is_pending());
    assert!(!future.is_terminated());
    assert!(poll_once(future.as_mut()).is_ready());
    assert!(future.is_terminated());
}
