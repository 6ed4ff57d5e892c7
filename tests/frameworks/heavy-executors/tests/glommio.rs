//! glommio: one thread, with `io_uring`. Its `spawn_local` polls the task inside the call.
#![cfg(feature = "glommio")]

use contextvars::{outside, with_context};
use contextvars_with_executors::{
    Cancel, Executor, Found, NUMBER, Pool, USER, bare, is_untouched, promises, yield_now,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use glommio::{LocalExecutorBuilder, Task};

struct Glommio;

impl Executor for Glommio {
    type Task<T: Send + 'static> = Task<T>;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        // The tests run side by side, and what may be locked is little: a twentieth of the default.
        let builder = LocalExecutorBuilder::default().io_memory(512 << 10).ring_depth(16);
        builder
            .make()
            .expect("io_uring and 512 KiB that may be locked")
            .run(main)
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        glommio::spawn_local(task)
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        task.await
    }
}

impl Cancel for Glommio {
    async fn cancel<T: Send + 'static>(task: Self::Task<T>) {
        task.cancel().await;
    }
}

impl Pool for Glommio {
    async fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
        glommio::executor().spawn_blocking(work).await
    }
}

promises! { Glommio:
    a_thousand_tasks_keep_their_own,
    a_cancelled_task_is_dropped_in_its_context,
    an_aborted_future_is_dropped_in_its_context,
    what_is_left_at_the_end_is_dropped_in_its_context,
    a_panic_leaves_nothing_behind,
    a_blocking_closure_sees_what_it_is_bound_to,
    a_value_dies_with_its_task,
    who_drives_it_in_a_context_shares_it_and_outside_does_not,
}

#[with_context]
async fn annotated() -> Option<&'static str> {
    yield_now().await;
    USER.get()
}

/// Case P14: `spawn_local` polls the task once, in its caller's context; later it is polled in none.
#[test]
fn a_bare_task_shares_with_who_spawns_it_and_outside_with_nobody() {
    #[with_context(USER = "alice")]
    async fn request() {
        let found = glommio::spawn_local(bare());
        assert_eq!(NUMBER.get(), Some(usize::MAX), "what the task has written");
        let found = found.await;
        assert_eq!((found.users, found.may_write), ([Some("alice"), None], true));

        NUMBER.set(1);
        assert_eq!(outside(|| glommio::spawn_local(bare())).await, Found::NOTHING);
        let own = annotated();
        assert_eq!(outside(|| glommio::spawn_local(own)).await, Some("alice"));
        assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));
    }

    Glommio::run(request());
    assert!(is_untouched());
}

/// Case P15: where nothing is entered when it is spawned, a bare task sees nothing.
#[test]
fn a_bare_task_spawned_in_no_context_sees_nothing_and_may_not_write() {
    Glommio::run(async {
        USER.sync_scope("alice", || glommio::spawn_local(annotated())).await;
        assert_eq!(Glommio::join(Glommio::spawn(bare().boxed())).await, Found::NOTHING);
    });
}
