//! All ways to spawn, behind one signature each: for a future, and for a closure that may block.

use contextvars::tokio as inheriting;
use contextvars::tokio::JoinSet;
use futures::FutureExt;
use futures::future::{BoxFuture, LocalBoxFuture};
use tokio::runtime::{Builder, Handle};
use tokio::task::{AbortHandle, JoinError, JoinHandle, LocalSet};

/// A task, however it was spawned. The set of a `JoinSet` is in the future that joins it.
pub(crate) struct Task<T> {
    pub(crate) abort: AbortHandle,
    pub(crate) joined: LocalBoxFuture<'static, Result<T, JoinError>>,
}

impl<T: 'static> From<JoinHandle<T>> for Task<T> {
    fn from(handle: JoinHandle<T>) -> Self {
        Self {
            abort: handle.abort_handle(),
            joined: handle.boxed_local(),
        }
    }
}

fn in_a_set<T: 'static>(spawn: impl FnOnce(&mut JoinSet<T>) -> AbortHandle) -> Task<T> {
    let mut tasks = JoinSet::new();
    Task {
        abort: spawn(&mut tasks),
        joined: async move { tasks.join_next().await.expect("one task") }.boxed_local(),
    }
}

pub(crate) type Way<A, T> = (&'static str, fn(A, &LocalSet) -> Task<T>);

/// Each is called in a runtime, and inside the `LocalSet`.
pub(crate) fn of_futures<T: Send + 'static>() -> Vec<Way<BoxFuture<'static, T>, T>> {
    vec![
        ("spawn", |task, _| inheriting::spawn(task).into()),
        ("spawn_on", |task, _| {
            inheriting::spawn_on(task, &Handle::current()).into()
        }),
        ("spawn_local", |task, _| inheriting::spawn_local(task).into()),
        ("spawn_local_on", |task, set| {
            inheriting::spawn_local_on(task, set).into()
        }),
        ("JoinSet::spawn", |task, _| in_a_set(|tasks| tasks.spawn(task))),
        ("JoinSet::spawn_on", |task, _| {
            in_a_set(|tasks| tasks.spawn_on(task, &Handle::current()))
        }),
        ("JoinSet::spawn_local", |task, _| {
            in_a_set(|tasks| tasks.spawn_local(task))
        }),
        ("JoinSet::spawn_local_on", |task, set| {
            in_a_set(|tasks| tasks.spawn_local_on(task, set))
        }),
    ]
}

pub(crate) type Work<T> = Box<dyn FnOnce() -> T + Send>;

pub(crate) fn of_closures<T: Send + 'static>() -> Vec<Way<Work<T>, T>> {
    vec![
        ("spawn_blocking", |work, _| inheriting::spawn_blocking(work).into()),
        ("spawn_blocking_on", |work, _| {
            inheriting::spawn_blocking_on(work, &Handle::current()).into()
        }),
        ("JoinSet::spawn_blocking", |work, _| {
            in_a_set(|tasks| tasks.spawn_blocking(work))
        }),
        ("JoinSet::spawn_blocking_on", |work, _| {
            in_a_set(|tasks| tasks.spawn_blocking_on(work, &Handle::current()))
        }),
    ]
}

/// Runs `main` in a `LocalSet`, outside every context, on a runtime of each flavor.
#[allow(clippy::needless_pass_by_value, reason = "a closure is written where this is called")]
pub(crate) fn on_each_runtime(main: impl AsyncFn(&LocalSet)) {
    for mut runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = runtime.enable_all().build().expect("a runtime");
        let set = LocalSet::new();
        runtime.block_on(set.run_until(main(&set)));
    }
}
