//! The executors that are light to build, behind one small trait. The others are in `tests/frameworks/heavy-executors`.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use futures::executor::{LocalPool, LocalSpawner, ThreadPool};
use futures::future::{self, BoxFuture, LocalBoxFuture, RemoteHandle};
use futures::task::{LocalSpawnExt, SpawnExt};
use futures::{FutureExt, TryFutureExt};

/// What a test body needs of an executor.
///
/// It is given boxes: what it makes of a future is compiled once for an output, not once for each of a thousand bodies.
pub(crate) trait Executor: 'static {
    /// Drives `main`, and the tasks that it spawns, until `main` is ready.
    fn run<'a, F: Future + 'a>(main: F) -> F::Output {
        Self::drive(main.boxed_local())
    }

    fn spawn<F>(task: F) -> Task<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        Self::start(task.boxed())
    }

    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T;

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T>;

    /// The timer that this executor's users reach for.
    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        smol::Timer::after(time).map(drop)
    }

    /// The threads for blocking work that this executor's users reach for.
    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
        smol::unblock(work).boxed()
    }
}

/// A task that is joined or cancelled, never forgotten.
#[must_use]
pub(crate) enum Task<T> {
    Tokio(tokio::task::JoinHandle<T>),
    AsyncStd(async_std::task::JoinHandle<T>),
    Smol(smol::Task<T>),
    Futures(RemoteHandle<T>),
}

/// The task has panicked.
#[derive(Debug)]
pub(crate) struct Died;

impl<T: Send + 'static> Task<T> {
    /// The output of the task, or [`Died`] where a panic was caught by the executor, or by us as its user.
    ///
    /// Boxed: in a body that is generic over the executor, the compiler doubts that what is unboxed is `Send`.
    pub(crate) fn join(self) -> BoxFuture<'static, Result<T, Died>> {
        match self {
            Self::Tokio(task) => task.map_err(|_| Died).boxed(),
            Self::AsyncStd(task) => caught(task).boxed(),
            Self::Smol(task) => caught(task).boxed(),
            Self::Futures(task) => caught(task).boxed(),
        }
    }

    pub(crate) async fn cancel(self) {
        match self {
            Self::Tokio(task) => task.abort(),
            Self::AsyncStd(task) => drop(task.cancel().await),
            Self::Smol(task) => drop(task.cancel().await),
            Self::Futures(task) => drop(task),
        }
    }
}

async fn caught<F: Future>(task: F) -> Result<F::Output, Died> {
    AssertUnwindSafe(task).catch_unwind().await.map_err(|_| Died)
}

fn on_tokio<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
    let task = tokio::task::spawn_blocking(work);
    task.map(|output| output.expect("no panic")).boxed()
}

pub(crate) struct TokioMultiThread;

impl Executor for TokioMultiThread {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Tokio(tokio::spawn(task))
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(time)
    }

    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
        on_tokio(work)
    }
}

pub(crate) struct TokioCurrentThread;

fn tokio_current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

impl Executor for TokioCurrentThread {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        tokio_current_thread().block_on(main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Tokio(tokio::spawn(task))
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(time)
    }

    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
        on_tokio(work)
    }
}

pub(crate) struct TokioLocalSet;

impl Executor for TokioLocalSet {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        tokio::task::LocalSet::new().block_on(&tokio_current_thread(), main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Tokio(tokio::task::spawn_local(task))
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(time)
    }

    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
        on_tokio(work)
    }
}

/// A runtime whose every task stays on its one thread.
pub(crate) struct TokioLocalRuntime;

impl Executor for TokioLocalRuntime {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder
            .enable_all()
            .build_local(tokio::runtime::LocalOptions::default())
            .expect("a runtime")
            .block_on(main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Tokio(tokio::task::spawn_local(task))
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(time)
    }

    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
        on_tokio(work)
    }
}

/// The arbiter that a system has of its own.
pub(crate) struct ActixSystem;

impl Executor for ActixSystem {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        actix_rt::System::new().block_on(main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Tokio(actix_rt::spawn(task))
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        actix_rt::time::sleep(time)
    }

    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
        let task = actix_rt::task::spawn_blocking(work);
        task.map(|output| output.expect("no panic")).boxed()
    }
}

pub(crate) struct AsyncStd;

impl Executor for AsyncStd {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        async_std::task::block_on(main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::AsyncStd(async_std::task::spawn(task))
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        async_std::task::sleep(time)
    }

    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
        async_std::task::spawn_blocking(work).boxed()
    }
}

/// Tasks run on the threads of the process's one executor, the main future on the test's.
pub(crate) struct AsyncGlobal;

impl Executor for AsyncGlobal {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        async_global_executor::block_on(main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Smol(async_global_executor::spawn(task))
    }

    fn unblock<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> BoxFuture<'static, R> {
        async_global_executor::spawn_blocking(work).boxed()
    }
}

pub(crate) struct SmolGlobal;

impl Executor for SmolGlobal {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        smol::block_on(main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Smol(smol::spawn(task))
    }
}

/// An executor of the test's own, driven by its main future and by a second thread.
pub(crate) struct SmolExecutor;

static SMOL: smol::Executor<'static> = smol::Executor::new();

impl Executor for SmolExecutor {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        static HELPER: OnceLock<()> = OnceLock::new();
        HELPER.get_or_init(|| {
            std::thread::spawn(|| smol::block_on(SMOL.run(future::pending::<()>())));
        });
        smol::block_on(SMOL.run(main))
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Smol(SMOL.spawn(task))
    }
}

pub(crate) struct SmolLocal;

thread_local! {
    static SMOL_LOCAL: RefCell<Option<Rc<smol::LocalExecutor<'static>>>> = const { RefCell::new(None) };
    static LOCAL_POOL: RefCell<Option<LocalSpawner>> = const { RefCell::new(None) };
}

impl Executor for SmolLocal {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        let executor = Rc::new(smol::LocalExecutor::new());
        SMOL_LOCAL.set(Some(Rc::clone(&executor)));
        let output = smol::block_on(executor.run(main));
        SMOL_LOCAL.set(None);
        output
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        Task::Smol(SMOL_LOCAL.with_borrow(|executor| executor.as_ref().expect("inside `run`").spawn(task)))
    }
}

pub(crate) struct FuturesLocalPool;

impl Executor for FuturesLocalPool {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        let mut pool = LocalPool::new();
        LOCAL_POOL.set(Some(pool.spawner()));
        let output = pool.run_until(main);
        LOCAL_POOL.set(None);
        output
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        LOCAL_POOL.with_borrow(|spawner| {
            let spawner = spawner.as_ref().expect("inside `run`");
            Task::Futures(spawner.spawn_local_with_handle(task).expect("the pool lives"))
        })
    }
}

/// Tasks run on the pool, the main future on the test's thread.
pub(crate) struct FuturesThreadPool;

impl Executor for FuturesThreadPool {
    fn drive<T>(main: LocalBoxFuture<'_, T>) -> T {
        futures::executor::block_on(main)
    }

    fn start<T: Send + 'static>(task: BoxFuture<'static, T>) -> Task<T> {
        static POOL: OnceLock<ThreadPool> = OnceLock::new();
        let pool = POOL.get_or_init(|| {
            let mut builder = ThreadPool::builder();
            builder.pool_size(2).create().expect("a pool")
        });
        Task::Futures(pool.spawn_with_handle(task).expect("the pool lives"))
    }
}
