//! glib's main loop, which can be run inside one of its own callbacks.
#![cfg(feature = "glib")]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;

use contextvars::{outside, with_context};
use contextvars_with_executors::{
    Cancel, Executor, Found, NUMBER, Pool, USER, bare, is_untouched, may_write, promises, yield_now,
};
use futures::future::BoxFuture;
use glib::{ControlFlow, JoinHandle, MainContext, MainLoop, Priority, ThreadPool, idle_source_new};

struct GLib;

fn main_context() -> MainContext {
    MainContext::thread_default().expect("within `run`")
}

impl Executor for GLib {
    type Task<T: Send + 'static> = JoinHandle<T>;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        MainContext::new().block_on(main)
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        main_context().spawn(task)
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        match task.await {
            Ok(output) => output,
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
}

impl Cancel for GLib {
    async fn cancel<T: Send + 'static>(task: Self::Task<T>) {
        task.abort();
    }
}

impl Pool for GLib {
    async fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
        let pool = ThreadPool::shared(Some(2)).expect("threads");
        pool.push_future(work).expect("a thread").await.expect("no panic")
    }
}

promises! { GLib:
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

/// Calls `f` from a main loop, as a button's handler is called.
fn in_a_callback(f: impl FnOnce(&MainContext) + Send + 'static) {
    let context = MainContext::new();
    let main_loop = MainLoop::new(Some(&context), false);
    let (inside, quit) = (context.clone(), main_loop.clone());
    let (sender, outcome) = mpsc::channel();
    let mut f = Some(f);
    let callback = idle_source_new(None, Priority::DEFAULT, move || {
        let f = f.take().expect("a callback that is called once");
        // A panic would abort, were it to leave for C.
        let called = catch_unwind(AssertUnwindSafe(|| f(&inside)));
        sender.send(called.map(|()| is_untouched())).expect("the test waits");
        quit.quit();
        ControlFlow::Break
    });
    callback.attach(Some(&context));
    context
        .with_thread_default(|| main_loop.run())
        .expect("a context of this thread's");
    match outcome.recv().expect("a callback that was called") {
        Ok(is_left_untouched) => assert!(is_left_untouched),
        Err(payload) => resume_unwind(payload),
    }
}

/// Case P14: as a dialog is that a handler opens, and that has a loop of its own until it is answered.
///
/// A handler and not a task: tasks can't be nested, and the attempt aborts.
#[test]
fn a_strangers_task_shares_with_who_runs_a_loop_in_a_loop_and_outside_with_nobody() {
    in_a_callback(|context| {
        let stranger = || context.spawn_local(bare());
        USER.sync_scope("alice", || {
            let waiting = stranger();
            assert_eq!(context.block_on(waiting).ok(), Some(Found::ALL_OF_ALICE));
            assert_eq!(NUMBER.get(), Some(usize::MAX), "what the stranger has written");

            NUMBER.set(1);
            let waiting = stranger();
            assert_eq!(outside(|| context.block_on(waiting)).ok(), Some(Found::NOTHING));
            let own = context.spawn_local(annotated());
            assert_eq!(outside(|| context.block_on(own)).ok(), Some(Some("alice")));
            assert_eq!((USER.get(), NUMBER.get()), (Some("alice"), Some(1)));
        });
    });
}

/// Case P14: the same for a callback of a stranger's.
#[test]
fn a_strangers_callback_shares_with_who_runs_a_loop_in_a_loop_and_outside_with_nobody() {
    fn seen_by_a_stranger(context: &MainContext) -> (Option<&'static str>, bool) {
        let (found, seen) = mpsc::channel();
        let callback = idle_source_new(None, Priority::DEFAULT, move || {
            found.send((USER.get(), may_write())).expect("the test waits");
            ControlFlow::Break
        });
        callback.attach(Some(context));
        while context.iteration(false) {}
        seen.recv().expect("a callback that was called")
    }

    in_a_callback(|context| {
        USER.sync_scope("alice", || {
            assert_eq!(seen_by_a_stranger(context), (Some("alice"), true));
            NUMBER.set(1);
            assert_eq!(outside(|| seen_by_a_stranger(context)), (None, false));
            assert_eq!(NUMBER.get(), Some(1));
        });
    });
}
