//! What is explicit carries nothing, and a snapshot neither.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use contextvars::{Context, ContextExt, bind, outside, with_context};

use crate::common::{drive, poll_once};
use crate::tag::{NAME, here, holders, tag, tagged, tagged_with};

fn nothing<F: Future<Output = Option<&'static str>>>(make: impl FnOnce() -> F) {
    let held = Arc::new(());
    let future = tagged_with(&held, "captured", make);
    assert_eq!(holders(&held), 0);
    assert_eq!(poll_once(pin!(future)), Poll::Ready(None));
}

/// R13
#[test]
fn fresh_carries_nothing() {
    #[with_context(fresh)]
    async fn fresh() -> Option<&'static str> {
        tag()
    }
    #[with_context(fresh)]
    fn returned() -> impl Future<Output = Option<&'static str>> {
        async { tag() }
    }
    nothing(fresh);
    nothing(returned);
    assert_eq!(tagged("the poller's", || drive(fresh())), Some("the poller's"));
}

/// R13: `fresh` carries nothing, and neither does what a `fresh` function returns.
#[test]
fn what_a_fresh_async_fn_returns_carries_nothing() {
    #[with_context(fresh)]
    async fn fresh() -> std::pin::Pin<Box<dyn Future<Output = Option<&'static str>>>> {
        Box::pin(async { tag() })
    }
    #[with_context(fresh)]
    async fn fresh_future() -> impl Future<Output = Option<&'static str>> {
        async { tag() }
    }
    let held = Arc::new(());
    let boxed = tagged_with(&held, "poller's", || drive(fresh()));
    assert_eq!(holders(&held), 0);
    let future = tagged_with(&held, "poller's", || drive(fresh_future()));
    assert_eq!(holders(&held), 0);
    assert_eq!((drive(boxed), drive(future)), (None, None));
}

/// R13
#[test]
fn in_context_carries_nothing() {
    nothing(|| async { tag() }.in_context(Context::new()));
    nothing(|| async { tag() }.in_context(Context::current().with(&NAME, "alice")));
}

/// R13
#[test]
fn a_snapshot_carries_nothing() {
    let held = Arc::new(());
    let mut pool = tagged_with(&held, "captured", || {
        NAME.sync_scope("alice", || vec![Context::current(), Context::current()])
    });
    assert_eq!(holders(&held), 0);
    assert_eq!(pool[0].run(here), (None, "alice"));
    let future = async { here() }.in_context(pool[1].clone());
    assert_eq!(drive(future), (None, "alice"));
}

/// R12, R13
#[test]
fn a_snapshot_that_was_taken_in_a_future_that_carries_keeps_nothing_of_it() {
    let held = Arc::new(());
    #[with_context]
    async fn snapshot() -> Context {
        NAME.set("alice");
        Context::current()
    }
    let future = tagged_with(&held, "captured", snapshot);
    assert_eq!(holders(&held), 1);
    let mut context = drive(future);
    assert_eq!(holders(&held), 0);
    assert_eq!(context.run(here), (None, "alice"));
}

/// R13
#[test]
fn run_and_outside_leave_the_thread_what_it_has() {
    tagged("the thread's", || {
        assert_eq!(Context::new().run(tag), Some("the thread's"));
        assert_eq!(outside(tag), Some("the thread's"));
        // A capture is a capture, wherever it is made.
        let call = outside(|| bind(tag));
        assert_eq!(call(), Some("the thread's"));
    });
    let mut context = Context::new();
    let call = tagged("the thread's", || context.run(|| bind(tag)));
    assert_eq!(context.run(tag), None);
    assert_eq!(call(), Some("the thread's"));
}
