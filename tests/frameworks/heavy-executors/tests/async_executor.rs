//! async-executor, the executor in smol, async-std and bevy, where `run` is awaited inside a task.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

use async_executor::{LocalExecutor, Task};
use contextvars::{Context, ContextExt, outside, with_context};
use contextvars_with_executors::{
    Cancel, Executor, Found, NUMBER, Pool, USER, bare, is_untouched, promises, yield_now,
};
use futures::executor::block_on;
use futures::future::{BoxFuture, poll_fn};

thread_local! {
    static EXECUTOR: RefCell<Option<Rc<LocalExecutor<'static>>>> = const { RefCell::new(None) };
}

struct Local;

impl Executor for Local {
    type Task<T: Send + 'static> = Task<T>;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        let executor = Rc::new(LocalExecutor::new());
        EXECUTOR.set(Some(Rc::clone(&executor)));
        let output = block_on(executor.run(main));
        EXECUTOR.set(None);
        output
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        EXECUTOR.with_borrow(|executor| executor.as_ref().expect("within `run`").spawn(task))
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        task.await
    }
}

impl Cancel for Local {
    async fn cancel<T: Send + 'static>(task: Self::Task<T>) {
        task.cancel().await;
    }
}

impl Pool for Local {
    async fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
        blocking::unblock(work).await
    }
}

promises! { Local:
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

#[with_context]
async fn annotated() -> Option<&'static str> {
    yield_now().await;
    USER.get()
}

/// Case P14: who awaits `run` polls whatever else is in the executor.
#[test]
fn a_strangers_task_shares_with_who_awaits_run_and_outside_with_nobody() {
    #[with_context(USER = "alice", NUMBER = 1)]
    async fn request(executor: &LocalExecutor<'_>) {
        let stranger = executor.spawn(bare());
        assert_eq!(executor.run(stranger).await, Found::ALL_OF_ALICE);
        assert_eq!(NUMBER.get(), Some(usize::MAX), "what the stranger has written");

        // What runs for as long as others do is best polled outside.
        NUMBER.set(1);
        let stranger = executor.spawn(bare());
        let own = executor.spawn(annotated());
        let mut run = pin!(executor.run(async { (stranger.await, own.await) }));
        let found = poll_fn(|waking| outside(|| run.as_mut().poll(waking))).await;
        assert_eq!(found, (Found::NOTHING, Some("alice")));
        assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));

        // In a context of its own it may write, and nobody sees it.
        let stranger = executor.spawn(bare());
        let found = executor.run(stranger).in_context(Context::new()).await;
        assert_eq!((found.users, found.may_write), ([None, None], true));
        assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));
    }

    block_on(request(&LocalExecutor::new()));
    assert!(is_untouched());
}

/// Case P14: the same where a plain function in a task waits.
#[test]
fn a_strangers_task_shares_with_who_blocks_on_run_and_outside_with_nobody() {
    let executor = LocalExecutor::new();
    let run = |stranger: Task<Found>| futures::executor::block_on(executor.run(stranger));
    USER.sync_scope("alice", || {
        assert_eq!(run(executor.spawn(bare())), Found::ALL_OF_ALICE);
        NUMBER.set(1);
        assert_eq!(outside(|| run(executor.spawn(bare()))), Found::NOTHING);
        assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));
    });
}
