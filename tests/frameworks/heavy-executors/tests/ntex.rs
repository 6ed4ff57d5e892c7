//! ntex: its own single-threaded runtime, with `io_uring` or, where there is none, polling.

use contextvars_with_executors::{Cancel, Executor, Pool, promises};
use futures::future::BoxFuture;
use ntex::rt::{DefaultRuntime, JoinHandle, System};

struct Ntex;

impl Executor for Ntex {
    type Task<T: Send + 'static> = JoinHandle<T>;

    const FORGETS_WHO_WAITS: bool = true;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        System::new("test", DefaultRuntime).block_on(main)
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        ntex::rt::spawn(task)
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        task.await.expect("a task that is not cancelled")
    }
}

impl Cancel for Ntex {
    async fn cancel<T: Send + 'static>(task: Self::Task<T>) {
        task.cancel();
    }
}

impl Pool for Ntex {
    async fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
        ntex::rt::spawn_blocking(work).await.expect("no panic")
    }
}

promises! { Ntex:
    a_thousand_tasks_keep_their_own,
    a_bare_task_sees_nothing_and_may_not_write,
    a_cancelled_task_is_dropped_in_its_context,
    an_aborted_future_is_dropped_in_its_context,
    what_is_left_at_the_end_is_dropped_in_its_context,
    a_panic_leaves_nothing_behind,
    a_blocking_closure_sees_what_it_is_bound_to,
    a_value_dies_with_its_task,
    who_drives_it_in_a_context_shares_it_and_outside_does_not,
}
