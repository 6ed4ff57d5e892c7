//! actix's arbiters: tasks are sent to a thread of their own and stay there.

use std::cell::RefCell;

use actix_rt::{Arbiter, System};
use contextvars_with_executors::{Cancel, Executor, Pool, promises};
use futures::FutureExt;
use futures::future::{BoxFuture, RemoteHandle};

thread_local! {
    static ARBITER: RefCell<Option<Arbiter>> = const { RefCell::new(None) };
}

struct ActixArbiter;

impl Executor for ActixArbiter {
    type Task<T: Send + 'static> = RemoteHandle<T>;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        let system = System::new();
        ARBITER.set(Some(system.block_on(async { Arbiter::new() })));
        let output = system.block_on(main);
        let arbiter = ARBITER.take().expect("this call's");
        arbiter.stop();
        arbiter.join().expect("no panic");
        output
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        let (task, handle) = task.remote_handle();
        let is_sent = ARBITER.with_borrow(|arbiter| arbiter.as_ref().expect("within `run`").spawn(task));
        assert!(is_sent);
        handle
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        task.await
    }
}

impl Cancel for ActixArbiter {
    async fn cancel<T: Send + 'static>(task: Self::Task<T>) {
        drop(task);
    }
}

impl Pool for ActixArbiter {
    async fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
        actix_rt::task::spawn_blocking(work).await.expect("no panic")
    }
}

promises! { ActixArbiter:
    a_thousand_tasks_keep_their_own,
    a_bare_task_sees_nothing_and_may_not_write,
    a_cancelled_task_is_dropped_in_its_context,
    an_aborted_future_is_dropped_in_its_context,
    what_is_left_at_the_end_is_dropped_in_its_context,
    a_panic_leaves_nothing_behind,
    a_blocking_closure_sees_what_it_is_bound_to,
    a_value_dies_with_its_task,
}
