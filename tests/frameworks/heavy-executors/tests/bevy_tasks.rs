//! bevy's task pools: by default all on the caller's thread, with the feature `bevy-threads` on threads of their own.

use std::cell::RefCell;
use std::sync::Arc;

use bevy_tasks::{Task, TaskPool, TaskPoolBuilder};
use contextvars::{outside, with_context};
use contextvars_with_executors::{
    Cancel, Executor, Found, NUMBER, USER, bare, is_untouched, may_write, promises, yield_now,
};
use futures::future::BoxFuture;

thread_local! {
    static POOL: RefCell<Option<Arc<TaskPool>>> = const { RefCell::new(None) };
}

struct Bevy;

impl Executor for Bevy {
    type Task<T: Send + 'static> = Task<T>;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        let pool = Arc::new(TaskPoolBuilder::new().num_threads(2).build());
        POOL.set(Some(Arc::clone(&pool)));
        // What is on this thread is run here; the pool may have others.
        let output = pool.with_local_executor(|executor| bevy_tasks::block_on(executor.run(main)));
        POOL.set(None);
        output
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        let pool = POOL.with_borrow(|pool| pool.clone().expect("within `run`"));
        pool.spawn(task)
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        task.await
    }
}

impl Cancel for Bevy {
    async fn cancel<T: Send + 'static>(task: Self::Task<T>) {
        task.cancel().await;
    }
}

promises! { Bevy:
    a_thousand_tasks_keep_their_own,
    a_cancelled_task_is_dropped_in_its_context,
    an_aborted_future_is_dropped_in_its_context,
    what_is_left_at_the_end_is_dropped_in_its_context,
    a_panic_leaves_nothing_behind,
    a_value_dies_with_its_task,
}

#[with_context]
async fn annotated() -> Option<&'static str> {
    yield_now().await;
    USER.get()
}

#[cfg(feature = "bevy-threads")]
mod threads {
    use std::sync::mpsc;

    use super::*;

    promises! { Bevy:
        a_bare_task_sees_nothing_and_may_not_write,
    }

    /// What a stranger's job finds that is in the queue of a pool whose one thread is busy, while this thread waits for a
    /// scope: whom it sees, and whether it may write.
    fn found_while_waiting() -> (Option<&'static str>, bool) {
        let pool = TaskPoolBuilder::new().num_threads(1).build();
        let (start, has_started) = mpsc::channel();
        let (leave, may_leave) = mpsc::channel::<()>();
        let busy = pool.spawn(async move {
            start.send(()).expect("the test waits");
            may_leave.recv().expect_err("nothing is sent");
        });
        has_started.recv().expect("a busy thread");

        let stranger = pool.spawn(async { (USER.get(), may_write()) });
        let mut found = pool.scope(|scope| scope.spawn_on_scope(stranger));
        drop(leave);
        bevy_tasks::block_on(busy);
        found.pop().expect("what the stranger has found")
    }

    /// Case P14: who waits for a scope runs others' jobs, in the waiting call.
    #[test]
    fn a_strangers_job_shares_with_who_waits_for_a_scope_and_outside_with_nobody() {
        USER.sync_scope("alice", || {
            assert_eq!(found_while_waiting(), (Some("alice"), true));
            assert_eq!(NUMBER.get(), Some(usize::MAX), "what the stranger has written");

            NUMBER.set(1);
            assert_eq!(outside(found_while_waiting), (None, false));
            assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));
        });
    }

    /// Case P14: a scope's own tasks run on a thread of the pool or on the caller's, and a bare one sees accordingly.
    #[test]
    fn a_scopes_bare_task_sees_its_caller_where_it_runs_on_the_callers_thread() {
        let pool = TaskPoolBuilder::new().num_threads(1).build();
        USER.sync_scope("alice", || {
            let found = pool.scope(|scope| {
                scope.spawn_on_scope(bare());
                scope.spawn_on_scope(bare());
            });
            assert_eq!(found, [Found::ALL_OF_ALICE; 2]);

            NUMBER.set(1);
            let own = annotated();
            let on_a_thread = outside(|| pool.scope(|scope| scope.spawn_on_scope(bare())));
            assert_eq!(on_a_thread, [Found::NOTHING]);
            assert_eq!(outside(|| pool.scope(|scope| scope.spawn(own))), [Some("alice")]);
            assert_eq!(NUMBER.get(), Some(1));
        });
        assert!(bevy_tasks::block_on(pool.spawn(async { is_untouched() })));
    }
}

#[cfg(not(feature = "bevy-threads"))]
mod one_thread {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use futures::channel::oneshot;

    use super::*;

    promises! { Bevy:
        who_drives_it_in_a_context_shares_it_and_outside_does_not,
    }

    fn output<T>(task: Task<T>) -> T {
        match pin!(task).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("a task that is still pending"),
        }
    }

    /// Case P14: `spawn` polls the task until it waits for something.
    #[test]
    fn a_bare_task_shares_with_who_spawns_it_and_outside_with_nobody() {
        let pool = TaskPool::new();
        USER.sync_scope("alice", || {
            assert_eq!(output(pool.spawn(bare())), Found::ALL_OF_ALICE);
            assert_eq!(NUMBER.get(), Some(usize::MAX), "what the task has written");

            NUMBER.set(1);
            assert_eq!(output(outside(|| pool.spawn(bare()))), Found::NOTHING);
            let own = annotated();
            assert_eq!(output(outside(|| pool.spawn(own))), Some("alice"));
            assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));
        });
    }

    /// Case P14: `spawn` polls whatever else is ready on the thread.
    #[test]
    fn a_strangers_task_shares_with_who_spawns_another_and_outside_with_nobody() {
        let pool = TaskPool::new();
        let stranger = || {
            let (wake, awake) = oneshot::channel::<()>();
            let task = pool.spawn(async {
                awake.await.expect("an alarm");
                bare().await
            });
            (wake, task)
        };
        let (strangers, unharmed) = (stranger(), stranger());
        USER.sync_scope("alice", || {
            strangers.0.send(()).expect("the stranger waits");
            pool.spawn(async {}).detach();
            assert_eq!(output(strangers.1), Found::ALL_OF_ALICE);

            NUMBER.set(1);
            unharmed.0.send(()).expect("the stranger waits");
            outside(|| pool.spawn(async {}).detach());
            assert_eq!(output(unharmed.1), Found::NOTHING);
            assert_eq!(NUMBER.get(), Some(1));
        });
        assert!(is_untouched());
    }

    /// Case P14
    #[test]
    fn a_scopes_bare_task_shares_with_who_waits_and_outside_with_nobody() {
        let pool = TaskPool::new();
        USER.sync_scope("alice", || {
            assert_eq!(pool.scope(|scope| scope.spawn(bare())), [Found::ALL_OF_ALICE]);
            NUMBER.set(1);
            assert_eq!(outside(|| pool.scope(|scope| scope.spawn(bare()))), [Found::NOTHING]);
            let own = annotated();
            assert_eq!(outside(|| pool.scope(|scope| scope.spawn(own))), [Some("alice")]);
            assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));
        });
    }

    /// Case P15: nothing of it waits anywhere: spawned where nothing is entered, a bare task sees nothing.
    #[test]
    fn a_bare_task_spawned_in_no_context_sees_nothing_and_may_not_write() {
        let pool = TaskPool::new();
        USER.sync_scope("alice", || pool.spawn(annotated()).detach());
        assert_eq!(output(pool.spawn(bare())), Found::NOTHING);
        assert!(!may_write());
    }
}
