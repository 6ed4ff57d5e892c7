//! What is dropped elsewhere, or before its function has begun.

use std::sync::{Arc, Mutex};

use contextvars::{ContextExt, with_context};
use futures::FutureExt;
use tokio::sync::oneshot;
use tokio::task::yield_now;

use crate::USER;

/// Notes whom its destructor sees.
struct Probe(Arc<Mutex<Vec<&'static str>>>);

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.lock().expect("no panic").push(USER.get());
    }
}

/// Whom the destructors of the probes that `f` gets have seen.
fn dropped(f: impl FnOnce(Probe)) -> Vec<&'static str> {
    let seen = Arc::default();
    f(Probe(Arc::clone(&seen)));
    Arc::into_inner(seen)
        .expect("the probe is gone")
        .into_inner()
        .expect("no panic")
}

#[with_context(USER = "bound")]
async fn bound(probe: Probe) {
    yield_now().await;
    drop(probe);
}

#[with_context]
async fn annotated(probe: Probe) {
    yield_now().await;
    drop(probe);
}

/// Case P13: a scope binds when it is made, an attribute when the body begins.
#[test]
fn arguments_of_a_call_that_was_never_polled_see_a_scope_but_no_binding_of_the_attribute() {
    USER.sync_scope("alice", || {
        assert_eq!(dropped(|probe| drop(bound(probe))), ["alice"]);
        assert_eq!(dropped(|probe| drop(USER.scope("bound", annotated(probe)))), ["bound"]);
    });
    let begun = dropped(|probe| assert!(Box::pin(bound(probe)).now_or_never().is_none()));
    assert_eq!(begun, ["bound"], "dropped after the first poll");
}

/// The output of a task that ran as alice, and is done.
async fn output(probe: Probe) -> tokio::task::JoinHandle<Probe> {
    let task = tokio::spawn(USER.scope("alice", async { probe }));
    while !task.is_finished() {
        yield_now().await;
    }
    task
}

/// Case P16: the output is its task's no more.
#[tokio::test]
async fn the_output_of_a_finished_task_is_dropped_as_whoever_drops_the_handle() {
    for (dropper, expected) in [(Some("bob"), "bob"), (None, "nobody")] {
        let seen = Arc::default();
        let task = output(Probe(Arc::clone(&seen))).await;
        match dropper {
            Some(user) => USER.sync_scope(user, || drop(task)),
            None => drop(task),
        }
        assert_eq!(*seen.lock().expect("no panic"), [expected]);
    }
}

/// Case P16: if nobody waits for it any more, the executor drops it when the task's future is done, outside of it.
#[tokio::test]
async fn the_output_that_nobody_waits_for_is_dropped_outside() {
    let seen = Arc::default();
    let probe = Probe(Arc::clone(&seen));
    let (go_on, signal) = oneshot::channel::<()>();
    drop(tokio::spawn(USER.scope("alice", async {
        signal.await.expect("a signal");
        probe
    })));
    USER.sync_scope("bob", || go_on.send(())).expect("it waits");
    while Arc::strong_count(&seen) > 1 {
        yield_now().await;
    }
    assert_eq!(*seen.lock().expect("no panic"), ["nobody"]);
}

/// Case P16: what to write where the destructor is to know its request.
#[tokio::test]
async fn what_is_dropped_in_the_task_is_dropped_as_the_task() {
    let seen = Arc::default();
    let probe = Probe(Arc::clone(&seen));
    let task = USER.scope("alice", async { drop(probe) }).in_current_context();
    tokio::spawn(task).await.expect("no panic");
    assert_eq!(*seen.lock().expect("no panic"), ["alice"]);
}
