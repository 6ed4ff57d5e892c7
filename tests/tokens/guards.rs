//! A guard resets its variable when it is dropped.

use std::thread;

use contextvars::{Context, with_context};

use crate::common::{drive, drive_across_threads, panic_of, poll_once, yield_now};
use crate::{BARE, NUMBER};

/// Cases 36, 148, 153
#[test]
fn a_guard_resets_at_the_end_of_its_block() {
    Context::new().run(|| {
        {
            let _guard = NUMBER.set(36).guard();
            assert_eq!(NUMBER.get(), 36);
        }
        assert_eq!((NUMBER.get(), NUMBER.is_set()), (42, false));
    });
}

/// Case 37
#[test]
fn a_guard_without_a_default_leaves_nothing() {
    Context::new().run(|| {
        drop(BARE.set(36).guard());
        assert_eq!((BARE.get(), Context::current().len()), (None, 0));
    });
}

/// Cases 38, 151, 278
#[test]
fn a_guard_resets_when_its_block_fails() {
    fn fails() -> Result<(), std::num::ParseIntError> {
        let _guard = NUMBER.set(36).guard();
        "no number".parse::<u32>()?;
        unreachable!("it fails")
    }

    Context::new().run(|| {
        fails().expect_err("it fails");
        assert_eq!(NUMBER.get(), 42);
        let panicked = panic_of(|| {
            let _outer = NUMBER.set(36).guard();
            let _inner = BARE.set(36).guard();
            panic!("expected");
        });
        assert_eq!(panicked.message, "expected");
        assert_eq!((NUMBER.get(), BARE.get()), (42, None));
    });
}

/// Case 40
#[test]
fn a_guard_goes_back_to_before_its_block_whatever_was_set_inside() {
    Context::new().run(|| {
        NUMBER.set(1);
        {
            let _guard = NUMBER.set(36).guard();
            NUMBER.set(24);
            NUMBER.set(12);
            assert_eq!(NUMBER.get(), 12);
        }
        assert_eq!(NUMBER.get(), 1);
    });
}

/// Cases 149, 150, 154, 155: each end shows the value before it, and leaves the other variable alone.
#[test]
fn guards_nest() {
    let seen = || (NUMBER.get(), BARE.get());
    Context::new().run(|| {
        let outer = NUMBER.set(1).guard();
        let inner = NUMBER.set(2).guard();
        let other = BARE.set(3).guard();
        let deeper = NUMBER.set(4).guard();
        let others_inner = BARE.set(5).guard();
        let deepest = NUMBER.set(6).guard();
        assert_eq!(seen(), (6, Some(5)));
        drop(deepest);
        assert_eq!(seen(), (4, Some(5)));
        drop(others_inner);
        assert_eq!(seen(), (4, Some(3)));
        drop(deeper);
        assert_eq!(seen(), (2, Some(3)));
        drop(other);
        assert_eq!(seen(), (2, None));
        drop(inner);
        assert_eq!(seen(), (1, None));
        drop(outer);
        assert_eq!((seen(), NUMBER.is_set()), ((42, None), false));
    });
}

/// Case T8
#[test]
fn guards_dropped_out_of_order_each_do_their_own() {
    Context::new().run(|| {
        NUMBER.set(1);
        let outer = NUMBER.set(2).guard();
        let inner = NUMBER.set(3).guard();
        drop(outer);
        assert_eq!(NUMBER.get(), 1);
        drop(inner);
        assert_eq!(NUMBER.get(), 2);
    });
}

/// Cases 282, T7
#[test]
fn a_guard_dropped_in_another_context_changes_nothing_there() {
    Context::new().run(|| {
        BARE.set(1);
        let inner = Context::current().run(|| {
            let guard = BARE.set(2).guard();
            assert_eq!(BARE.get(), Some(2));
            guard
        });
        drop(inner);
        assert_eq!(BARE.get(), Some(1));
        let outer = BARE.set(3).guard();
        NUMBER.sync_scope(0, || {
            drop(outer);
            assert_eq!(BARE.get(), Some(3));
        });
        assert_eq!(BARE.get(), Some(3));
        let sent = BARE.set(4).guard();
        thread::spawn(|| drop(sent)).join().expect("no panic");
        assert_eq!(BARE.get(), Some(4));
    });
}

/// Cases 282, T9: in an annotated fn a guard may be held across an await.
#[test]
fn a_guard_across_an_await_is_its_futures_own() {
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }

    #[with_context]
    async fn handler(number: u32) -> [u32; 2] {
        let during = {
            let _guard = NUMBER.set(number).guard();
            yield_now().await;
            NUMBER.get()
        };
        yield_now().await;
        [during, NUMBER.get()]
    }

    Context::new().with(&NUMBER, 7).run(|| {
        let both = futures::future::join(is_send(handler(1)), is_send(handler(2)));
        assert_eq!(drive(both), ([1, 7], [2, 7]));
        assert_eq!(drive_across_threads(handler(3)), [3, 7]);
        assert_eq!(NUMBER.get(), 7);
    });
}

/// A guard held by a cancelled future resets nothing of anybody's.
#[test]
fn a_guard_of_a_cancelled_future_leaves_its_dropper_alone() {
    #[with_context]
    async fn handler() {
        let _guard = NUMBER.set(1).guard();
        std::future::pending::<()>().await;
    }

    Context::new().run(|| {
        NUMBER.set(7);
        let mut future = Box::pin(handler());
        assert!(poll_once(future.as_mut()).is_pending());
        NUMBER.set(8);
        drop(future);
        assert_eq!(NUMBER.get(), 8);
    });
}

/// Case 42
#[test]
fn a_token_inside_a_guards_block_is_reset_by_itself() {
    Context::new().run(|| {
        {
            let _guard = NUMBER.set(36).guard();
            let token = NUMBER.set(24);
            NUMBER.reset(token).expect("its own token");
            assert_eq!(NUMBER.get(), 36);
        }
        assert_eq!(NUMBER.get(), 42);
    });
}

/// Case T13: more than two bytes can count, from the inside out and from the outside in.
#[test]
fn there_may_be_any_number_of_guards_at_once() {
    const COUNT: u32 = 100_000;

    Context::new().run(|| {
        let guards = || (1..=COUNT).map(|number| NUMBER.set(number).guard());
        let mut inside_out: Vec<_> = guards().collect();
        assert_eq!(NUMBER.get(), COUNT);
        while let Some(guard) = inside_out.pop() {
            drop(guard);
        }
        assert_eq!((NUMBER.get(), NUMBER.is_set()), (42, false));
        drop(guards().collect::<Vec<_>>());
        assert_eq!(NUMBER.get(), COUNT - 1, "what the last of them remembers");
    });
}
