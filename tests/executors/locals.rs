//! A local variable reaches all that its task awaits, and no other task.

use std::sync::Arc;
use std::time::Duration;

use contextvars::{Context, ContextExt, bind, context_var, with_context};
use futures::channel::oneshot;
use futures::future::{BoxFuture, Either, FutureExt, join, select};
use futures::stream::{FuturesUnordered, StreamExt};

use crate::common::{poll_once, yield_now};
use crate::executor::Executor;

#[context_var(local)]
static TRANSACTION: u32 = 0;
#[context_var(local)]
static UNIT: Arc<()>;
#[context_var]
static NAME: &str = "nobody";

type Seen = (u32, &'static str);

fn seen() -> Seen {
    (TRANSACTION.get(), NAME.get())
}

#[with_context]
async fn annotated() -> Seen {
    yield_now().await;
    seen()
}

async fn plain() -> Seen {
    yield_now().await;
    seen()
}

#[with_context]
fn boxed() -> BoxFuture<'static, Seen> {
    annotated().boxed()
}

#[with_context]
pub(crate) async fn what_a_task_awaits_sees_its_local<E: Executor>() {
    NAME.set("alice");
    TRANSACTION.set(7);
    let expected = (7, "alice");
    assert_eq!(plain().await, expected);
    assert_eq!(annotated().await, expected);
    assert_eq!(boxed().await, expected);
    assert_eq!(annotated().in_context(Context::new()).await, (7, "nobody"));
    assert_eq!(NAME.scope("bob", annotated()).await, (7, "bob"));
    assert_eq!(TRANSACTION.scope(8, annotated()).await, (8, "alice"));
    assert_eq!(TRANSACTION.scope(8, NAME.scope("bob", boxed())).await, (8, "bob"));
    assert_eq!(join(annotated(), plain()).await, (expected, expected));
    match select(Box::pin(annotated()), Box::pin(E::sleep(Duration::from_secs(60)))).await {
        Either::Left((seen, _)) => assert_eq!(seen, expected),
        Either::Right(_) => panic!("a minute has passed"),
    }
    let crowd: FuturesUnordered<_> = [annotated().boxed(), plain().boxed(), boxed()].into_iter().collect();
    assert_eq!(crowd.collect::<Vec<_>>().await, [expected; 3]);
    assert_eq!(seen(), expected);
}

#[with_context]
pub(crate) async fn a_spawned_task_sees_no_local<E: Executor>() {
    NAME.set("alice");
    TRANSACTION.set(7);
    assert_eq!(E::spawn(annotated()).join().await.expect("no panic"), (0, "alice"));
    assert_eq!(E::spawn(boxed()).join().await.expect("no panic"), (0, "alice"));
    assert_eq!(E::spawn(plain()).join().await.expect("no panic"), (0, "nobody"));
    let wrapped = E::spawn(plain().in_current_context());
    assert_eq!(wrapped.join().await.expect("no panic"), (0, "alice"));
    let scoped = E::spawn(NAME.scope("bob", annotated()));
    assert_eq!(scoped.join().await.expect("no panic"), (0, "bob"));
    let own = E::spawn(TRANSACTION.scope(8, annotated()));
    assert_eq!(own.join().await.expect("no panic"), (8, "alice"));
    assert_eq!(E::unblock(bind(seen)).await, (0, "alice"));
    assert_eq!(E::unblock(seen).await, (0, "nobody"));
    assert_eq!(seen(), (7, "alice"));
}

#[with_context]
pub(crate) async fn a_queued_job_sees_its_consumers_local<E: Executor>() {
    #[with_context(NAME = "worker", TRANSACTION = 9)]
    async fn works(jobs: Vec<BoxFuture<'static, Seen>>) -> Vec<Seen> {
        let mut done = Vec::new();
        for job in jobs {
            done.push(job.await);
        }
        done
    }

    NAME.set("alice");
    TRANSACTION.set(7);
    let jobs = vec![annotated().boxed(), NAME.scope("bob", annotated()).boxed()];
    let worker = E::spawn(works(jobs));
    assert_eq!(worker.join().await.expect("no panic"), [(9, "alice"), (9, "bob")]);
    assert_eq!(TRANSACTION.get(), 7);
}

/// A child that was polled once by its parent keeps what it has inherited then, wherever it goes on.
#[with_context]
pub(crate) async fn a_local_is_inherited_once<E: Executor>() {
    TRANSACTION.set(7);
    let mut child = Box::pin(async { [annotated().await, annotated().await] }.in_current_context());
    assert!(poll_once(child.as_mut()).is_pending());
    TRANSACTION.set(8);
    assert_eq!(E::spawn(child).join().await.expect("no panic"), [(7, "nobody"); 2]);
}

#[with_context]
pub(crate) async fn a_childs_local_is_its_own<E: Executor>() {
    #[with_context]
    async fn writes() -> u32 {
        let guard = TRANSACTION.set(TRANSACTION.get() + 1).guard();
        yield_now().await;
        let inside = TRANSACTION.get();
        drop(guard);
        assert_eq!(TRANSACTION.get(), inside - 1);
        inside
    }

    TRANSACTION.set(7);
    assert_eq!(join(writes(), writes()).await, (8, 8));
    let task = E::spawn(writes());
    assert_eq!(TRANSACTION.get(), 7);
    assert_eq!(task.join().await.expect("no panic"), 1);
}

/// R12
#[with_context]
pub(crate) async fn a_local_dies_with_its_owner_whatever_was_spawned<E: Executor>() {
    #[with_context]
    async fn transaction<E: Executor>(unit: Arc<()>, end: oneshot::Receiver<()>) -> crate::executor::Task<Seen> {
        #[with_context]
        async fn detached(end: oneshot::Receiver<()>) -> Seen {
            end.await.expect("an end");
            seen()
        }

        UNIT.set(unit);
        annotated().await;
        let task = E::spawn(detached(end));
        yield_now().await;
        task
    }

    let unit = Arc::new(());
    let (end, ended) = oneshot::channel();
    let task = transaction::<E>(Arc::clone(&unit), ended).await;
    assert_eq!(Arc::strong_count(&unit), 1, "its task goes on without it");
    end.send(()).expect("the task waits");
    task.join().await.expect("no panic");
}
