//! compio: one thread, with `io_uring` or, where there is none, polling.

use compio::runtime::{JoinHandle, ResumeUnwind, Runtime};
use contextvars_with_executors::{Cancel, Executor, Pool, promises};
use futures::future::BoxFuture;

struct Compio;

impl Executor for Compio {
    type Task<T: Send + 'static> = JoinHandle<T>;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        Runtime::new().expect("a runtime").block_on(main)
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        compio::runtime::spawn(task)
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        task.await.resume_unwind().expect("a task that is not cancelled")
    }
}

impl Cancel for Compio {
    async fn cancel<T: Send + 'static>(task: Self::Task<T>) {
        task.cancel().await;
    }
}

impl Pool for Compio {
    async fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
        compio::runtime::spawn_blocking(work).await.expect("no panic")
    }
}

promises! { Compio:
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
