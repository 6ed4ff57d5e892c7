//! Destructors see the context of the future that they belong to, and values die with their task.

use std::pin::Pin;
use std::time::Duration;

use contextvars::{context_var, with_context};
use futures::channel::{mpsc, oneshot};
use futures::future::{self, Either};
use futures::stream::StreamExt;

use crate::clean::threads_are_clean;
use crate::common::by_hand::{ByHand, Then};
use crate::common::{OnDrop, poll_once, quiet_expected_panics, yield_now};
use crate::executor::Executor;

#[context_var]
static NAME: &str = "nobody";

type Seen = mpsc::UnboundedSender<&'static str>;

/// Says at its drop whose context it is dropped in.
fn probe(seen: Seen) -> OnDrop<impl FnMut() + Send> {
    OnDrop(move || seen.unbounded_send(NAME.get()).expect("the test listens"))
}

fn in_the_task(seen: Seen, then: Then) -> impl Future<Output = ()> + Send {
    ByHand::new(probe(seen), || drop(NAME.set("the task's")), then)
}

#[with_context]
fn by_hand(seen: Seen, then: Then) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(in_the_task(seen, then))
}

#[with_context]
async fn pending(seen: Seen) {
    let _local = probe(seen.clone());
    NAME.set("the task's");
    future::pending::<()>().await;
}

async fn next(listen: &mut mpsc::UnboundedReceiver<&'static str>) -> &'static str {
    listen.next().await.expect("the probe speaks")
}

/// R7, Cases 279, T2
#[with_context]
pub(crate) async fn a_pending_future_is_dropped_in_its_context<E: Executor>() {
    let (seen, mut listen) = mpsc::unbounded();
    NAME.set("caller");
    let mut future = Box::pin(pending(seen.clone()));
    assert!(poll_once(future.as_mut()).is_pending());
    NAME.set("caller, later");
    drop(future);
    assert_eq!(next(&mut listen).await, "the task's");
    assert_eq!(NAME.get(), "caller, later");

    let mut future = by_hand(seen, Then::Wait);
    assert!(poll_once(future.as_mut()).is_pending());
    let there = E::spawn(async move { drop(future) });
    there.join().await.expect("no panic");
    assert_eq!(next(&mut listen).await, "the task's", "dropped by a raw task");
}

/// R7, Cases 279, T2
#[with_context]
pub(crate) async fn a_future_never_polled_is_dropped_in_its_context<E: Executor>() {
    #[with_context]
    async fn with_argument<P>(argument: P) {
        drop(argument);
    }

    let (seen, mut listen) = mpsc::unbounded();
    NAME.set("at the call");
    let annotated = with_argument(probe(seen.clone()));
    let boxed = by_hand(seen.clone(), Then::Wait);
    let scoped = NAME.scope("scope", in_the_task(seen, Then::Wait));
    NAME.set("later");
    drop(annotated);
    assert_eq!(next(&mut listen).await, "at the call");
    E::spawn(async move { drop(boxed) }).join().await.expect("no panic");
    assert_eq!(next(&mut listen).await, "at the call", "dropped by a raw task");
    drop(scoped);
    assert_eq!(next(&mut listen).await, "scope");
    assert_eq!(NAME.get(), "later");
}

/// R7, Cases 279, T2
#[with_context]
pub(crate) async fn a_completed_future_is_dropped_in_its_context<E: Executor>() {
    let (seen, mut listen) = mpsc::unbounded();
    NAME.set("caller");
    by_hand(seen.clone(), Then::Complete).await;
    assert_eq!(next(&mut listen).await, "the task's");

    let mut kept = by_hand(seen.clone(), Then::Complete);
    assert!(poll_once(kept.as_mut()).is_ready());
    E::spawn(async move { drop(kept) }).join().await.expect("no panic");
    assert_eq!(next(&mut listen).await, "the task's", "dropped by a raw task");

    let spawned = E::spawn(by_hand(seen, Then::Complete));
    spawned.join().await.expect("no panic");
    assert_eq!(next(&mut listen).await, "the task's", "dropped by the executor");
    assert_eq!(NAME.get(), "caller");
}

/// R7, Cases 279, T2, P15
#[with_context]
pub(crate) async fn an_aborted_task_is_dropped_in_its_context<E: Executor>() {
    #[with_context]
    async fn told(seen: Seen, started: oneshot::Sender<()>) {
        let _local = probe(seen);
        NAME.set("the task's");
        started.send(()).expect("the test waits");
        future::pending::<()>().await;
    }

    let (seen, mut listen) = mpsc::unbounded();
    let (started, polled) = oneshot::channel();
    NAME.set("caller");
    let task = E::spawn(told(seen, started));
    polled.await.expect("the task starts");
    task.cancel().await;
    assert_eq!(next(&mut listen).await, "the task's");
    assert_eq!(NAME.get(), "caller");
}

/// R7, Cases T2, P15
#[with_context]
pub(crate) async fn an_aborted_task_never_polled_is_dropped_in_its_context<E: Executor>() {
    let (seen, mut listen) = mpsc::unbounded();
    NAME.set("at the call");
    let future = by_hand(seen, Then::Wait);
    NAME.set("later");
    // Some executors poll it before they hear of the abort: the context is the task's in either case.
    E::spawn(future).cancel().await;
    assert!(matches!(next(&mut listen).await, "at the call" | "the task's"));
}

/// R7, Case T2
#[with_context]
pub(crate) async fn a_panicked_task_is_dropped_in_its_context<E: Executor>() {
    let (seen, mut listen) = mpsc::unbounded();
    NAME.set("caller");
    quiet_expected_panics();
    let task = E::spawn(by_hand(seen, Then::Panic));
    task.join().await.expect_err("it panics");
    assert_eq!(next(&mut listen).await, "the task's");
    assert_eq!(NAME.get(), "caller");
}

/// R7, Case T28
#[with_context]
pub(crate) async fn the_losers_of_a_select_are_dropped_in_their_contexts<E: Executor>() {
    let (seen, mut listen) = mpsc::unbounded();
    NAME.set("caller");
    let winner = E::sleep(Duration::from_millis(1));
    let selected = future::select(Box::pin(pending(seen)), Box::pin(winner)).await;
    assert!(matches!(selected, Either::Right(_)));
    drop(selected);
    assert_eq!(next(&mut listen).await, "the task's");
}

/// R7, Case 287
#[with_context]
pub(crate) async fn a_destructor_may_spawn<E: Executor>() {
    #[with_context]
    async fn last_words(seen: Seen) {
        yield_now().await;
        seen.unbounded_send(NAME.get()).expect("the test listens");
    }

    #[with_context]
    async fn spawns_at_the_end<E: Executor>(seen: Seen, tasks: mpsc::UnboundedSender<crate::executor::Task<()>>) {
        NAME.set("the task's");
        let _end = OnDrop(move || {
            let task = E::spawn(last_words(seen.clone()));
            assert!(tasks.unbounded_send(task).is_ok(), "the test listens");
        });
        future::pending::<()>().await;
    }

    let (seen, mut listen) = mpsc::unbounded();
    let (tasks, mut spawned) = mpsc::unbounded();
    NAME.set("caller");
    let mut future = Box::pin(spawns_at_the_end::<E>(seen, tasks));
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    let task = spawned.next().await.expect("the destructor spawns");
    task.join().await.expect("no panic");
    assert_eq!(next(&mut listen).await, "the task's");
}

/// R7, Case 225
#[with_context]
pub(crate) async fn a_destructor_reads_and_writes_its_tasks_context<E: Executor>() {
    #[with_context]
    async fn told(seen: mpsc::UnboundedSender<&'static str>, started: oneshot::Sender<()>) {
        let read = seen.clone();
        let _second = OnDrop(move || read.unbounded_send(NAME.get()).expect("the test listens"));
        let _first = OnDrop(move || {
            seen.unbounded_send(NAME.get()).expect("the test listens");
            NAME.set("the destructor's");
        });
        NAME.set("the task's");
        started.send(()).expect("the test waits");
        future::pending::<()>().await;
    }

    let (seen, listen) = mpsc::unbounded();
    let (started, polled) = oneshot::channel();
    NAME.set("caller");
    let task = E::spawn(told(seen, started));
    polled.await.expect("the task starts");
    task.cancel().await;
    assert_eq!(listen.collect::<Vec<_>>().await, ["the task's", "the destructor's"]);
    assert_eq!(NAME.get(), "caller");
    threads_are_clean::<E>().await;
}
