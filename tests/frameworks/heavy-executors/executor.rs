//! The executors that are heavy to build or need a machine of a certain kind, behind one small trait. The light ones are in
//! `tests/executors`.

use futures::future::BoxFuture;

/// What a promise needs of an executor.
pub trait Executor: 'static {
    type Task<T: Send + 'static>: 'static;

    /// Whether a task that waits when the executor is shut down is never dropped.
    const FORGETS_WHO_WAITS: bool = false;

    /// Makes an executor, drives `main` on this thread, and shuts the executor down.
    fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T;

    /// Called within `run` alone.
    fn spawn<T: Send + 'static>(task: BoxFuture<'static, T>) -> Self::Task<T>;

    /// Panics if the task has panicked.
    fn join<T: Send + 'static>(task: Self::Task<T>) -> impl Future<Output = T>;
}

/// An executor that can cancel a task.
pub trait Cancel: Executor {
    /// May return before the task is dropped.
    fn cancel<T: Send + 'static>(task: Self::Task<T>) -> impl Future<Output = ()>;
}

/// An executor with threads for blocking work.
pub trait Pool: Executor {
    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> impl Future<Output = R>;
}
