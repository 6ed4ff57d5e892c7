//! Two versions of the run-time in one program: each has its own variables and contexts, and neither disturbs the other.

#![deny(warnings)]

use contextvars::{Context, context_var};
use contextvars_core_again::Context as Again;
use std::pin::pin;
use std::task::{Context as Waking, Poll, Waker};

#[context_var]
static USER: &'static str = "nobody";

#[context_var(crate = contextvars_core_again)]
static AGAIN: &'static str = "nobody";

/// What is read, and how much is bound, in both versions.
fn seen() -> [(&'static str, usize); 2] {
    [
        (USER.get(), Context::current().len()),
        (AGAIN.get(), Again::current().len()),
    ]
}

#[test]
fn contexts_are_apart() {
    Context::new().with(&USER, "alice").run(|| {
        AGAIN.try_set("alice").expect_err("no context of its own is entered");
        assert_eq!(seen(), [("alice", 1), ("nobody", 0)]);
        Again::new().with(&AGAIN, "bob").run(|| {
            USER.set("carol");
            assert_eq!(seen(), [("carol", 1), ("bob", 1)]);
        });
        assert_eq!(seen(), [("carol", 1), ("nobody", 0)]);
    });
    assert_eq!(seen(), [("nobody", 0), ("nobody", 0)]);
}

#[test]
fn wrappers_of_both_nest_in_either_order() {
    let both = [("alice", 1), ("bob", 1)];
    let inside = USER.scope("alice", AGAIN.scope("bob", async { seen() }));
    assert_eq!(
        pin!(inside).poll(&mut Waking::from_waker(Waker::noop())),
        Poll::Ready(both)
    );
    let outside = AGAIN.scope("bob", USER.scope("alice", async { seen() }));
    assert_eq!(
        pin!(outside).poll(&mut Waking::from_waker(Waker::noop())),
        Poll::Ready(both)
    );
}
