//! monoio: one thread, with `io_uring` or, where there is none, epoll.

use contextvars::{bind, outside, with_context};
use contextvars_with_executors::{Executor, NUMBER, Pool, USER, is_untouched, may_write, promises};
use futures::future::BoxFuture;
use monoio::blocking::{BlockingStrategy, DefaultThreadPool};
use monoio::task::JoinHandle;
use monoio::{FusionDriver, RuntimeBuilder};

/// It can't cancel a task.
struct Monoio;

impl Executor for Monoio {
    type Task<T: Send + 'static> = JoinHandle<T>;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        let threads = Box::new(DefaultThreadPool::new(2));
        let runtime = RuntimeBuilder::<FusionDriver>::new()
            .attach_thread_pool(threads)
            .build();
        runtime.expect("a runtime").block_on(main)
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        monoio::spawn(task)
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        task.await
    }
}

impl Pool for Monoio {
    async fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
        monoio::spawn_blocking(work)
            .await
            .expect("a task that is not cancelled")
    }
}

promises! { Monoio:
    a_thousand_tasks_keep_their_own,
    a_bare_task_sees_nothing_and_may_not_write,
    an_aborted_future_is_dropped_in_its_context,
    what_is_left_at_the_end_is_dropped_in_its_context,
    a_panic_leaves_nothing_behind,
    a_blocking_closure_sees_what_it_is_bound_to,
    a_value_dies_with_its_task,
    who_drives_it_in_a_context_shares_it_and_outside_does_not,
}

/// Case P14: without threads for it, blocking work is done inside the call of `spawn_blocking`.
#[test]
fn blocking_work_done_in_the_call_shares_with_the_caller_and_outside_with_nobody() {
    #[with_context(USER = "alice")]
    async fn request() {
        let bare = || (USER.get(), may_write());
        assert_eq!(monoio::spawn_blocking(bare).await.ok(), Some((Some("alice"), true)));
        assert_eq!(NUMBER.get(), Some(usize::MAX), "what the closure has written");

        NUMBER.set(1);
        assert_eq!(outside(|| monoio::spawn_blocking(bare)).await.ok(), Some((None, false)));
        assert_eq!(outside(|| monoio::spawn_blocking(is_untouched)).await.ok(), Some(true));
        let bound = bind(bare);
        assert_eq!(
            outside(|| monoio::spawn_blocking(bound)).await.ok(),
            Some((Some("alice"), true))
        );
        assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));
    }

    let builder = RuntimeBuilder::<FusionDriver>::new().with_blocking_strategy(BlockingStrategy::ExecuteLocal);
    builder.build().expect("a runtime").block_on(request());
}
