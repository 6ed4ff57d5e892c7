//! R7, R12: tasks end in their contexts, and hold nothing after their end.

use std::future::pending;
use std::sync::{Arc, mpsc};

use contextvars::tokio::JoinSet;
use contextvars::{context_var, with_context};
use futures::FutureExt;
use tokio::task::{LocalSet, yield_now};

use crate::common::OnDrop;
use crate::ways::{of_closures, of_futures, on_each_runtime};

#[context_var]
static USER: &'static str = "nobody";
#[context_var]
static HELD: Arc<()>;

/// Sends the user that it sees when it is dropped.
fn witness() -> (impl Send + 'static, mpsc::Receiver<&'static str>) {
    let (sender, seen) = mpsc::channel();
    (OnDrop(move || sender.send(USER.get()).expect("the test waits")), seen)
}

/// A task that was aborted while it waited, and one that was never polled.
#[test]
fn an_aborted_task_is_dropped_in_its_context() {
    on_each_runtime(async |set| {
        for (way, spawn) in of_futures::<()>() {
            for started in [false, true] {
                let (witness, seen) = witness();
                let (start, starts) = tokio::sync::oneshot::channel();
                let task = async move {
                    let _witness = witness;
                    start.send(()).expect("the test waits");
                    pending::<()>().await;
                };
                let task = USER.sync_scope("alice", || spawn(task.boxed(), set));
                if started {
                    starts.await.expect("it starts");
                }
                task.abort.abort();
                assert!(task.joined.await.unwrap_err().is_cancelled(), "{way}");
                assert_eq!(seen.recv(), Ok("alice"), "{way}, started: {started}");
            }
        }
    });
}

/// `abort_all`, `shutdown` and the drop of the set.
#[test]
fn the_tasks_of_a_set_are_dropped_in_their_contexts() {
    on_each_runtime(async |_| {
        let ends: [fn(JoinSet<()>) -> futures::future::LocalBoxFuture<'static, ()>; 3] = [
            |tasks| async { drop(tasks) }.boxed_local(),
            |mut tasks| async move { tasks.shutdown().await }.boxed_local(),
            |mut tasks| {
                tasks.abort_all();
                async move { while tasks.join_next().await.is_some() {} }.boxed_local()
            },
        ];
        for end in ends {
            let (witness, seen) = witness();
            let mut tasks = JoinSet::new();
            USER.sync_scope("alice", || {
                tasks.spawn(async {
                    let _witness = witness;
                    pending::<()>().await;
                })
            });
            yield_now().await;
            end(tasks).await;
            let user = tokio::task::spawn_blocking(move || seen.recv());
            assert_eq!(user.await.unwrap(), Ok("alice"));
        }
    });
}

/// What is captured is let go when the task has ended, though its handle is still there.
#[test]
fn a_task_that_has_ended_holds_nothing() {
    #[with_context]
    async fn request(set: &LocalSet) {
        for (way, spawn) in of_futures() {
            let value = Arc::new(());
            HELD.set(Arc::clone(&value));
            let task = spawn(async { HELD.is_set() }.boxed(), set);
            HELD.unset();
            let abort = task.abort;
            assert!(task.joined.await.unwrap(), "{way}");
            assert!(abort.is_finished(), "{way}");
            assert_eq!(Arc::strong_count(&value), 1, "{way}");
        }
        for (way, spawn) in of_closures() {
            let value = Arc::new(());
            HELD.set(Arc::clone(&value));
            let task = spawn(Box::new(|| HELD.is_set()), set);
            HELD.unset();
            assert!(task.joined.await.unwrap(), "{way}");
            assert_eq!(Arc::strong_count(&value), 1, "{way}");
        }
    }

    on_each_runtime(request);
}

/// A closure that is aborted before it is called is dropped by whoever aborts it: it has no context of its own yet.
#[test]
fn a_blocking_closure_that_is_never_called() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .expect("a runtime");
    runtime.block_on(LocalSet::new().run_until(async {
        for (way, spawn) in of_closures::<()>() {
            let (release, released) = mpsc::channel();
            let busy = tokio::task::spawn_blocking(move || released.recv());
            let (witness, seen) = witness();
            let work = move || drop(witness);
            let task = USER.sync_scope("alice", || spawn(Box::new(work), &LocalSet::new()));
            task.abort.abort();
            release.send(()).expect("it waits");
            busy.await.unwrap().unwrap();
            assert!(task.joined.await.unwrap_err().is_cancelled(), "{way}");
            assert_eq!(seen.recv(), Ok("nobody"), "{way}");
        }
    }));
}
