//! Polls that come by another way than from an executor's loop: on another stack, across an FFI boundary, and from a
//! `block_on` inside a poll.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::task::{Context as Waking, Poll, Waker};

use async_ffi::{FfiFuture, FutureExt as _};
use contextvars::{outside, with_context};
use contextvars_with_executors::{Found, NUMBER, USER, bare, is_untouched, may_write, yield_now};
use futures_lite::future::block_on;

type Seen = (Option<&'static str>, Option<usize>);

fn seen() -> Seen {
    (USER.get(), NUMBER.get())
}

/// Tells what it saw when it was dropped.
struct Witness(mpsc::Sender<Seen>);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.send(seen()).expect("the test waits");
    }
}

/// Sets the number, waits twice, and sees what it has set.
#[with_context]
async fn keeps_its_own(number: usize, _held: Witness) -> Seen {
    for _ in 0..2 {
        NUMBER.set(number);
        yield_now().await;
    }
    seen()
}

#[with_context]
async fn panics(_held: Witness) {
    NUMBER.set(1);
    yield_now().await;
    std::panic::resume_unwind(Box::new("expected"));
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Waking::from_waker(Waker::noop()))
}

/// The payload of a panic that is expected.
fn payload_of(f: impl FnOnce()) -> Option<&'static str> {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("a panic");
    payload.downcast_ref().copied()
}

mod on_another_stack {
    use super::*;

    const STACK: usize = 256 << 10;

    fn grown<R>(f: impl FnOnce() -> R) -> R {
        stacker::grow(STACK, f)
    }

    /// Polls, and drops, what is inside on a stack of its own.
    struct Grown<F>(Option<Pin<Box<F>>>);

    impl<F: Future> Grown<F> {
        fn new(future: F) -> Self {
            Self(Some(Box::pin(future)))
        }
    }

    impl<F: Future> Future for Grown<F> {
        type Output = F::Output;

        fn poll(mut self: Pin<&mut Self>, waking: &mut Waking<'_>) -> Poll<F::Output> {
            let inner = self.0.as_mut().expect("a future");
            grown(|| inner.as_mut().poll(waking))
        }
    }

    impl<F> Drop for Grown<F> {
        fn drop(&mut self) {
            let inner = self.0.take();
            grown(|| drop(inner));
        }
    }

    /// Case P15: right before, inside and right after it is one context, on whatever stack.
    #[test]
    fn a_call_in_a_poll_shares_with_the_poll() {
        #[with_context(USER = "alice")]
        async fn request() {
            for number in 0..16 {
                NUMBER.set(number);
                let before = seen();
                let inside = grown(|| {
                    let inside = seen();
                    NUMBER.set(number + 100);
                    inside
                });
                assert_eq!(inside, before);
                assert_eq!(seen(), (Some("alice"), Some(number + 100)));

                // A scope that begins and ends there.
                grown(|| USER.sync_scope("bob", || assert_eq!(grown(seen), (Some("bob"), Some(number + 100)))));
                assert_eq!(seen(), (Some("alice"), Some(number + 100)));
                assert!(grown(|| outside(is_untouched)));
                yield_now().await;
            }
        }

        block_on(request());
        assert!(is_untouched());
    }

    /// Case P15
    #[test]
    fn where_nothing_is_entered_a_write_is_refused_there_too() {
        USER.sync_scope("alice", || ());
        assert!(grown(is_untouched));
        block_on(async {
            yield_now().await;
            assert!(grown(is_untouched));
        });
        assert!(is_untouched());
    }

    /// Case P15: each poll on a new stack, and a poll of another between two of them.
    #[test]
    fn futures_polled_on_stacks_of_their_own_keep_their_own() {
        let (sender, dropped) = mpsc::channel();
        let future = |number| {
            let held = Witness(sender.clone());
            Grown::new(USER.sync_scope("alice", || keeps_its_own(number, held)))
        };
        let all = futures::future::join_all((0..100).map(future));
        let expected: Vec<_> = (0..100).map(|number| (Some("alice"), Some(number))).collect();
        assert_eq!(block_on(all), expected);
        assert!(is_untouched());
        drop(sender);
        assert!(dropped.into_iter().eq(expected));
    }

    /// Case P15
    #[test]
    fn a_future_cancelled_there_is_dropped_in_its_context() {
        let (sender, dropped) = mpsc::channel();
        let held = || Witness(sender.clone());
        let mut polled = Box::pin(Grown::new(USER.sync_scope("alice", || keeps_its_own(1, held()))));
        assert!(poll_once(polled.as_mut()).is_pending());
        let fresh = Grown::new(USER.sync_scope("alice", || keeps_its_own(2, held())));
        USER.sync_scope("bob", || {
            drop(polled);
            drop(fresh);
            assert_eq!(seen(), (Some("bob"), None));
        });
        assert!(is_untouched());
        let dropped: Vec<_> = dropped.try_iter().collect();
        assert_eq!(dropped, [(Some("alice"), Some(1)), (Some("alice"), None)]);
    }

    /// Case P15: a panic crosses the stacks, and every scope on the way ends.
    #[test]
    fn a_panic_there_leaves_nothing_behind() {
        let (sender, dropped) = mpsc::channel();
        let future = Grown::new(USER.sync_scope("alice", || panics(Witness(sender))));
        assert_eq!(payload_of(|| block_on(future)), Some("expected"));
        assert!(is_untouched());
        assert_eq!(dropped.try_recv(), Ok((Some("alice"), Some(1))));

        USER.sync_scope("alice", || {
            let carols = || USER.sync_scope("carol", || std::panic::resume_unwind(Box::new("expected")));
            let nested = || USER.sync_scope("bob", || grown(carols));
            assert_eq!(payload_of(|| grown(nested)), Some("expected"));
            assert_eq!(seen(), (Some("alice"), None));
        });
        assert!(grown(is_untouched));
    }

    /// Case P15: deep recursion, a scope a level, over many stacks.
    #[test]
    fn a_recursion_over_many_stacks_unwinds_scope_by_scope() {
        fn descend(level: usize) {
            // As `maybe_grow` does where little is left, but for sure.
            let descend = || {
                NUMBER.sync_scope(level, || {
                    if level < 1_000 {
                        descend(level + 1);
                    }
                    assert_eq!(seen(), (Some("alice"), Some(level)));
                });
            };
            if level.is_multiple_of(10) {
                stacker::grow(64 << 10, descend);
            } else {
                descend();
            }
        }

        USER.sync_scope("alice", || descend(0));
        assert!(is_untouched());
    }
}

mod across_ffi {
    use super::*;

    /// As a library that is loaded at run time offers it.
    extern "C" fn bare_plugin(rounds: u8) -> FfiFuture<bool> {
        async move {
            let mut may_always_write = true;
            for _ in 0..rounds {
                may_always_write &= may_write();
                yield_now().await;
            }
            may_always_write
        }
        .into_ffi()
    }

    extern "C" fn annotated_plugin(number: usize) -> FfiFuture<bool> {
        #[with_context]
        async fn annotated(number: usize) -> bool {
            let caller = USER.get();
            NUMBER.set(number);
            yield_now().await;
            seen() == (caller, Some(number)) && caller == Some("alice")
        }

        annotated(number).into_ffi()
    }

    extern "C" fn panicking_plugin() -> FfiFuture<()> {
        #[with_context]
        async fn panics() {
            NUMBER.set(1);
            USER.set("the plugin's");
            yield_now().await;
            std::panic::resume_unwind(Box::new("expected"));
        }

        panics().into_ffi()
    }

    /// Case P15: one process, one thread-local: a bare one shares with who polls it, an annotated one has its own.
    #[test]
    fn a_future_from_beyond_is_as_one_of_ours() {
        #[with_context(USER = "alice", NUMBER = 1)]
        async fn request() {
            assert!(annotated_plugin(2).await);
            assert_eq!(seen(), (Some("alice"), Some(1)));
            assert!(bare_plugin(3).await);
            assert_eq!(seen(), (Some("alice"), Some(usize::MAX)), "what the plugin has written");
            NUMBER.set(1);
            let found = bare().into_ffi().await;
            assert_eq!(found, Found::ALL_OF_ALICE);
        }

        block_on(request());
        assert!(is_untouched());
    }

    /// Case P15
    #[test]
    fn a_bare_future_from_beyond_may_not_write_where_nothing_is_entered() {
        let mut plugin = USER.sync_scope("alice", || bare_plugin(2));
        USER.sync_scope("bob", || ());
        assert!(!block_on(&mut plugin));
        assert_eq!(block_on(bare().into_ffi()), Found::NOTHING);
    }

    /// Case P15: a hundred of them, each captured at its call, polled in turns.
    #[test]
    fn futures_that_crossed_keep_their_own() {
        let (sender, dropped) = mpsc::channel();
        let future = |number| {
            let held = Witness(sender.clone());
            USER.sync_scope("alice", || keeps_its_own(number, held)).into_ffi()
        };
        let all = futures::future::join_all((0..100).map(future));
        let expected: Vec<_> = (0..100).map(|number| (Some("alice"), Some(number))).collect();
        assert_eq!(block_on(all), expected);
        drop(sender);
        assert!(dropped.into_iter().eq(expected));
        assert!(is_untouched());
    }

    /// Case P15
    #[test]
    fn a_future_cancelled_from_beyond_is_dropped_in_its_context() {
        let (sender, dropped) = mpsc::channel();
        let future = |number| {
            USER.sync_scope("alice", || keeps_its_own(number, Witness(sender.clone())))
                .into_ffi()
        };
        let (mut polled, fresh) = (future(1), future(2));
        assert!(poll_once(pin!(&mut polled)).is_pending());
        USER.sync_scope("bob", || {
            drop((polled, fresh));
            assert_eq!(seen(), (Some("bob"), None));
        });
        let dropped: Vec<_> = dropped.try_iter().collect();
        assert_eq!(dropped, [(Some("alice"), Some(1)), (Some("alice"), None)]);
        assert!(is_untouched());
    }

    /// Case P15: it is caught at the boundary and panics anew on this side.
    #[test]
    fn a_panic_beyond_leaves_nothing_behind() {
        #[with_context(USER = "alice")]
        async fn request() {
            let plugin = AssertUnwindSafe(panicking_plugin());
            assert!(futures::FutureExt::catch_unwind(plugin).await.is_err());
            assert_eq!(seen(), (Some("alice"), None));
        }

        block_on(request());
        assert!(is_untouched());
    }
}

mod a_block_on_in_a_poll {
    use super::*;

    /// Case P15: it is a call like any other: what it drives is the poll's, before, inside and after.
    #[test]
    fn shares_with_the_poll() {
        #[with_context(USER = "alice")]
        async fn request() {
            for number in 0..16 {
                NUMBER.set(number);
                let inside = block_on(async {
                    let first = seen();
                    yield_now().await;
                    NUMBER.set(number + 100);
                    (first, seen())
                });
                let after = (Some("alice"), Some(number + 100));
                assert_eq!(inside, ((Some("alice"), Some(number)), after));
                assert_eq!(seen(), after);

                // And one in that one, below a scope.
                block_on(USER.scope("bob", async move {
                    yield_now().await;
                    assert_eq!(block_on(async { seen() }), (Some("bob"), Some(number + 100)));
                }));
                assert_eq!(seen(), after);
                yield_now().await;
            }
        }

        block_on(request());
        assert!(is_untouched());
    }

    /// Case P15
    #[test]
    fn has_nothing_to_write_to_where_the_poll_has_nothing() {
        block_on(async {
            USER.sync_scope("alice", || {
                block_on(async { assert_eq!(bare().await, Found::ALL_OF_ALICE) });
            });
            assert_eq!(block_on(bare()), Found::NOTHING);
            yield_now().await;
            assert!(block_on(async { is_untouched() }));
        });
    }

    /// Case P14: a bare future driven there is whoever blocks, and in `outside` nobody; one with its own keeps it.
    #[test]
    fn is_outside_where_that_is_said() {
        USER.sync_scope("alice", || {
            let (sender, dropped) = mpsc::channel();
            let own = USER.sync_scope("bob", || keeps_its_own(7, Witness(sender)));
            assert_eq!(outside(|| block_on(bare())), Found::NOTHING);
            assert_eq!(outside(|| block_on(own)), (Some("bob"), Some(7)));
            assert_eq!(dropped.try_recv(), Ok((Some("bob"), Some(7))));
            assert_eq!(seen(), (Some("alice"), None));
        });
    }

    /// Case P15
    #[test]
    fn drops_what_is_cancelled_in_its_context() {
        let (sender, dropped) = mpsc::channel();
        block_on(USER.scope("carol", async {
            let mut other = Box::pin(USER.scope("alice", keeps_its_own(1, Witness(sender))));
            block_on(async { assert!(poll_once(other.as_mut()).is_pending()) });
            block_on(async move { drop(other) });
            assert_eq!(seen(), (Some("carol"), None));
        }));
        assert_eq!(dropped.try_recv(), Ok((Some("alice"), Some(1))));
        assert!(is_untouched());
    }

    /// Case P15
    #[test]
    fn leaves_nothing_behind_when_it_panics() {
        #[with_context(USER = "alice")]
        async fn request() {
            let (sender, dropped) = mpsc::channel();
            let payload = payload_of(|| block_on(USER.scope("bob", panics(Witness(sender)))));
            assert_eq!(payload, Some("expected"));
            assert_eq!(dropped.try_recv(), Ok((Some("bob"), Some(1))));
            assert_eq!(seen(), (Some("alice"), None));
            yield_now().await;
            assert_eq!(seen(), (Some("alice"), None));
        }

        block_on(request());
        assert!(is_untouched());
    }
}
