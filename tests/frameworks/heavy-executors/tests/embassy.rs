//! embassy's executor for an operating system. It is in memory for ever, and so is what is left in it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use contextvars_with_executors::{Executor, promises};
// For its implementation of what the executor needs.
use critical_section as _;
use embassy_executor::Spawner;
use embassy_executor::raw::TaskStorage;
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;

thread_local! {
    static SPAWNER: Cell<Option<Spawner>> = const { Cell::new(None) };
}

/// It can't cancel a task, nor join it.
struct Embassy;

fn spawn_forever(spawner: Spawner, task: impl Future<Output = ()> + 'static) {
    let storage = Box::leak(Box::new(TaskStorage::new()));
    spawner.spawn(storage.spawn(|| task).expect("a storage for this task alone"));
}

impl Executor for Embassy {
    type Task<T: Send + 'static> = oneshot::Receiver<T>;

    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
        let output = Rc::new(RefCell::new(None));
        let ready = Rc::clone(&output);
        let main = async move {
            let output = main.await;
            ready.replace(Some(output));
        };
        let executor = Box::leak(Box::new(embassy_executor::Executor::new()));
        let start = |spawner| {
            SPAWNER.set(Some(spawner));
            spawn_forever(spawner, main);
        };
        executor.run_until(start, || output.borrow().is_some());
        SPAWNER.set(None);
        output.take().expect("an output")
    }

    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T> {
        let (sender, output) = oneshot::channel();
        let task = task.map(|output| {
            // Nobody may be there any more to hear of it.
            let _ = sender.send(output);
        });
        spawn_forever(SPAWNER.get().expect("within `run`"), task);
        output
    }

    async fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        task.await.expect("a task that ends")
    }
}

promises! { Embassy:
    a_thousand_tasks_keep_their_own,
    a_bare_task_sees_nothing_and_may_not_write,
    an_aborted_future_is_dropped_in_its_context,
    a_panic_leaves_nothing_behind,
    a_value_dies_with_its_task,
    who_drives_it_in_a_context_shares_it_and_outside_does_not,
}
