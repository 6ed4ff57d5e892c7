//! The executors, behind a few functions. A process runs on one of them.

use std::{
    io,
    panic::{self, AssertUnwindSafe},
    sync::OnceLock,
    time::Duration,
};

use futures::FutureExt as _;
use tokio::runtime;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Executor {
    Tokio,
    Smol,
    AsyncStd,
}

static STARTED: OnceLock<Executor> = OnceLock::new();
static TOKIO: OnceLock<runtime::Handle> = OnceLock::new();

impl Executor {
    pub(crate) const ALL: [Self; 3] = [Self::Tokio, Self::Smol, Self::AsyncStd];
    /// Read by smol and async-std when their first task is spawned: the one way to say how many
    /// workers they start.
    pub(crate) const WORKERS: [&str; 2] = ["SMOL_THREADS", "ASYNC_STD_THREAD_COUNT"];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
        }
    }

    /// The others start by themselves. Returns what has to live as long as the tasks.
    pub(crate) fn start(self, workers: usize) -> io::Result<Option<runtime::Runtime>> {
        STARTED.set(self).expect("a process runs on one executor");
        if self != Self::Tokio {
            return Ok(None);
        }
        let mut builder = runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(workers).enable_all().build()?;
        TOKIO.set(runtime.handle().clone()).expect("it is started once");
        Ok(Some(runtime))
    }

    fn started() -> Self {
        *STARTED.get().expect("a run starts an executor first")
    }
}

fn tokio() -> &'static runtime::Handle {
    TOKIO.get().expect("tokio was started")
}

/// A task, joined, cancelled or let go.
#[derive(Debug)]
pub(crate) enum Task {
    Tokio(tokio::task::JoinHandle<()>),
    Smol(smol::Task<()>),
    AsyncStd(async_std::task::JoinHandle<()>),
}

impl Task {
    /// Waits for its end, by a panic too.
    pub(crate) async fn join(self) {
        match self {
            Self::Tokio(task) => drop(task.await),
            Self::Smol(task) => drop(AssertUnwindSafe(task).catch_unwind().await),
            Self::AsyncStd(task) => drop(AssertUnwindSafe(task).catch_unwind().await),
        }
    }

    /// Tells it to end, and does not wait. The executor drops it, on a thread of its own.
    pub(crate) fn cancel(self) {
        match self {
            Self::Tokio(task) => task.abort(),
            Self::Smol(task) => drop(task),
            Self::AsyncStd(task) => drop(AssertUnwindSafe(task.cancel()).catch_unwind().now_or_never()),
        }
    }

    pub(crate) fn let_go(self) {
        match self {
            Self::Tokio(task) => drop(task),
            Self::Smol(task) => task.detach(),
            Self::AsyncStd(task) => drop(task),
        }
    }
}

pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Task {
    match Executor::started() {
        Executor::Tokio => Task::Tokio(tokio().spawn(task)),
        Executor::Smol => Task::Smol(smol::spawn(task)),
        Executor::AsyncStd => Task::AsyncStd(async_std::task::spawn(task)),
    }
}

pub(crate) async fn run_blocking<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    match Executor::started() {
        Executor::Tokio => match tokio().spawn_blocking(f).await {
            Ok(result) => result,
            Err(error) => panic::resume_unwind(error.into_panic()),
        },
        Executor::Smol => smol::unblock(f).await,
        Executor::AsyncStd => async_std::task::spawn_blocking(f).await,
    }
}

pub(crate) async fn yield_now() {
    match Executor::started() {
        Executor::Tokio => tokio::task::yield_now().await,
        Executor::Smol | Executor::AsyncStd => smol::future::yield_now().await,
    }
}

/// The timer that the executor's users reach for. Boxed, since tasks seldom wait for one.
pub(crate) async fn sleep(time: Duration) {
    match Executor::started() {
        Executor::Tokio => Box::pin(tokio::time::sleep(time)).await,
        Executor::Smol => drop(Box::pin(smol::Timer::after(time)).await),
        Executor::AsyncStd => Box::pin(async_std::task::sleep(time)).await,
    }
}
