//! tokio's `JoinSet`, with tasks that inherit.

use contextvars_core::{ContextExt, bind};
use std::fmt;
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::task::{self, AbortHandle, Id, JoinError, LocalSet};

/// A set of tasks that inherit, with the methods of [`tokio::task::JoinSet`](::tokio::task::JoinSet).
///
/// Each task has a copy of the context that is current where it is spawned. To move to it, change the `use`. It does not
/// dereference to tokio's set: through that, a bare task could slip in. Like tokio's, it aborts its tasks when it is dropped.
///
/// ```
/// use contextvars::{context_var, tokio::JoinSet, with_context};
///
/// #[context_var]
/// static USER: &'static str;
/// #[context_var]
/// static PART: u32 = 0;
///
/// #[with_context(USER = "alice")]
/// async fn request() -> Vec<(Option<&'static str>, u32)> {
///     let mut tasks = JoinSet::new();
///     for part in 1..=2 {
///         PART.set(part);
///         tasks.spawn(async { (USER.get(), PART.get()) });
///     }
///     tasks.join_all().await
/// }
///
/// # #[tokio::main]
/// # async fn main() {
/// let mut parts = request().await;
/// parts.sort();
/// assert_eq!(parts, [(Some("alice"), 1), (Some("alice"), 2)]);
/// # }
/// ```
pub struct JoinSet<T>(task::JoinSet<T>);

impl<T> JoinSet<T> {
    /// Makes an empty set.
    ///
    /// ```
    /// assert!(contextvars::tokio::JoinSet::<()>::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self(task::JoinSet::new())
    }

    /// How many tasks are in the set: those that have ended and were not joined yet are counted.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(async {});
    /// assert_eq!(tasks.len(), 1);
    /// # }
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no task is in the set.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(async {});
    /// tasks.join_next().await;
    /// assert!(tasks.is_empty());
    /// # }
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: 'static> JoinSet<T> {
    /// Spawns a task that inherits, and returns a handle that aborts it.
    ///
    /// The task has a copy of the context that is current where this is called, as that of [`spawn`](super::spawn) has.
    ///
    /// ```
    /// use contextvars::{context_var, tokio::JoinSet};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = JoinSet::new();
    /// let abort = USER.sync_scope("alice", || tasks.spawn(async { USER.get() }));
    /// assert_eq!(tasks.join_next().await.unwrap().unwrap(), Some("alice"));
    /// assert!(abort.is_finished());
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    #[track_caller]
    pub fn spawn<F>(&mut self, task: F) -> AbortHandle
    where
        F: Future<Output = T>,
        F: Send + 'static,
        T: Send,
    {
        self.0.spawn(task.in_current_context())
    }

    /// Spawns a task that inherits on the given runtime, and returns a handle that aborts it.
    ///
    /// The task has a copy of the context that is current where this is called, as that of [`spawn_on`](super::spawn_on) has.
    ///
    /// ```
    /// use contextvars::{context_var, tokio::JoinSet};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = tokio::runtime::Runtime::new()?;
    /// let mut tasks = JoinSet::new();
    /// USER.sync_scope("alice", || tasks.spawn_on(async { USER.get() }, runtime.handle()));
    /// assert_eq!(runtime.block_on(tasks.join_all()), [Some("alice")]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn spawn_on<F>(&mut self, task: F, handle: &Handle) -> AbortHandle
    where
        F: Future<Output = T>,
        F: Send + 'static,
        T: Send,
    {
        self.0.spawn_on(task.in_current_context(), handle)
    }

    /// Spawns a task that inherits and stays on this thread, and returns a handle that aborts it.
    ///
    /// The task has a copy of the context that is current where this is called, as that of [`spawn_local`](super::spawn_local)
    /// has.
    ///
    /// ```
    /// use contextvars::{context_var, tokio::JoinSet};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let thread = tokio::task::LocalSet::new();
    /// let users = thread.run_until(async {
    ///     let mut tasks = JoinSet::new();
    ///     USER.sync_scope("alice", || tasks.spawn_local(async { USER.get() }));
    ///     tasks.join_all().await
    /// });
    /// assert_eq!(users.await, [Some("alice")]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If it is called outside of a `LocalSet` and of a `LocalRuntime`.
    #[track_caller]
    pub fn spawn_local<F>(&mut self, task: F) -> AbortHandle
    where
        F: Future<Output = T>,
        F: 'static,
    {
        self.0.spawn_local(task.in_current_context())
    }

    /// Spawns a task that inherits on the given `LocalSet`, and returns a handle that aborts it.
    ///
    /// The task has a copy of the context that is current where this is called, as that of
    /// [`spawn_local_on`](super::spawn_local_on) has.
    ///
    /// ```
    /// use contextvars::{context_var, tokio::JoinSet};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let thread = tokio::task::LocalSet::new();
    /// let mut tasks = JoinSet::new();
    /// USER.sync_scope("alice", || tasks.spawn_local_on(async { USER.get() }, &thread));
    /// assert_eq!(thread.run_until(tasks.join_all()).await, [Some("alice")]);
    /// # }
    /// ```
    #[track_caller]
    pub fn spawn_local_on<F>(&mut self, task: F, local_set: &LocalSet) -> AbortHandle
    where
        F: Future<Output = T>,
        F: 'static,
    {
        self.0.spawn_local_on(task.in_current_context(), local_set)
    }

    /// Runs a closure that inherits where it may block, and returns a handle that aborts it if it has not started.
    ///
    /// It is called in a copy of the context that is current where this is called, as that of
    /// [`spawn_blocking`](super::spawn_blocking) is.
    ///
    /// ```
    /// use contextvars::{context_var, tokio::JoinSet};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// # #[tokio::main]
    /// # async fn main() {
    /// let mut tasks = JoinSet::new();
    /// USER.sync_scope("alice", || tasks.spawn_blocking(|| USER.get()));
    /// assert_eq!(tasks.join_all().await, [Some("alice")]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    #[track_caller]
    pub fn spawn_blocking<F>(&mut self, f: F) -> AbortHandle
    where
        F: FnOnce() -> T,
        F: Send + 'static,
        T: Send,
    {
        self.0.spawn_blocking(bind(f))
    }

    /// Runs a closure that inherits on the given runtime's threads for blocking, and returns a handle that aborts it if it has
    /// not started.
    ///
    /// It is called in a copy of the context that is current where this is called, as that of
    /// [`spawn_blocking_on`](super::spawn_blocking_on) is.
    ///
    /// ```
    /// use contextvars::{context_var, tokio::JoinSet};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = tokio::runtime::Runtime::new()?;
    /// let mut tasks = JoinSet::new();
    /// USER.sync_scope("alice", || tasks.spawn_blocking_on(|| USER.get(), runtime.handle()));
    /// assert_eq!(runtime.block_on(tasks.join_all()), [Some("alice")]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn spawn_blocking_on<F>(&mut self, f: F, handle: &Handle) -> AbortHandle
    where
        F: FnOnce() -> T,
        F: Send + 'static,
        T: Send,
    {
        self.0.spawn_blocking_on(bind(f), handle)
    }

    /// Waits until a task of the set has ended, and returns what came of it; `None` if the set is empty.
    ///
    /// It is cancel safe: if it is dropped before it is ready, no task is lost.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(async { 1 });
    /// assert_eq!(tasks.join_next().await.unwrap().unwrap(), 1);
    /// assert!(tasks.join_next().await.is_none());
    /// # }
    /// ```
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.0.join_next().await
    }

    /// As [`join_next`](Self::join_next), with the id of the task.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// let id = tasks.spawn(async { 1 }).id();
    /// assert_eq!(tasks.join_next_with_id().await.unwrap().unwrap(), (id, 1));
    /// # }
    /// ```
    pub async fn join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        self.0.join_next_with_id().await
    }

    /// What came of a task of the set that has ended; `None` if there is none.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(async { 1 });
    /// assert!(tasks.try_join_next().is_none());
    /// tokio::task::yield_now().await;
    /// assert_eq!(tasks.try_join_next().unwrap().unwrap(), 1);
    /// # }
    /// ```
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.0.try_join_next()
    }

    /// As [`try_join_next`](Self::try_join_next), with the id of the task.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// let id = tasks.spawn(async { 1 }).id();
    /// tokio::task::yield_now().await;
    /// assert_eq!(tasks.try_join_next_with_id().unwrap().unwrap(), (id, 1));
    /// # }
    /// ```
    pub fn try_join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        self.0.try_join_next_with_id()
    }

    /// Aborts all tasks, and waits until they have ended. The set is empty then.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(std::future::pending::<()>());
    /// tasks.shutdown().await;
    /// assert!(tasks.is_empty());
    /// # }
    /// ```
    pub async fn shutdown(&mut self) {
        self.0.shutdown().await;
    }

    /// Waits until all tasks have ended, and returns their outputs, in the order in which they ended.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(async { 1 });
    /// assert_eq!(tasks.join_all().await, [1]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If a task panics or is aborted. The other tasks are aborted then.
    pub async fn join_all(self) -> Vec<T> {
        self.0.join_all().await
    }

    /// Aborts all tasks, and leaves them in the set: to wait for their end, join them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(std::future::pending::<()>());
    /// tasks.abort_all();
    /// assert!(tasks.join_next().await.unwrap().unwrap_err().is_cancelled());
    /// # }
    /// ```
    pub fn abort_all(&mut self) {
        self.0.abort_all();
    }

    /// Takes all tasks out of the set. They go on, also when the set is dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (sender, receiver) = tokio::sync::oneshot::channel();
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(async { sender.send(1).unwrap() });
    /// tasks.detach_all();
    /// drop(tasks);
    /// assert_eq!(receiver.await, Ok(1));
    /// # }
    /// ```
    pub fn detach_all(&mut self) {
        self.0.detach_all();
    }

    /// Polls for a task that has ended: [`join_next`](Self::join_next) for those who write futures by hand.
    ///
    /// Like tokio's, it may be pending though a task has ended, if the budget of the task that polls is used up; then it wakes
    /// that task.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// tasks.spawn(async { 1 });
    /// let joined = std::future::poll_fn(|context| tasks.poll_join_next(context)).await;
    /// assert_eq!(joined.unwrap().unwrap(), 1);
    /// # }
    /// ```
    pub fn poll_join_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        self.0.poll_join_next(cx)
    }

    /// As [`poll_join_next`](Self::poll_join_next), with the id of the task.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut tasks = contextvars::tokio::JoinSet::new();
    /// let id = tasks.spawn(async { 1 }).id();
    /// let joined = std::future::poll_fn(|context| tasks.poll_join_next_with_id(context)).await;
    /// assert_eq!(joined.unwrap().unwrap(), (id, 1));
    /// # }
    /// ```
    pub fn poll_join_next_with_id(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(Id, T), JoinError>>> {
        self.0.poll_join_next_with_id(cx)
    }
}

/// Shows how many tasks are in the set, as tokio's does.
impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Spawns each of the futures, as [`JoinSet::spawn`] does.
///
/// The context is that in which the iterator gives the future, that is the one which is current where `collect` is called.
///
/// ```
/// use contextvars::{context_var, tokio::JoinSet};
///
/// #[context_var]
/// static USER: &'static str;
///
/// # #[tokio::main]
/// # async fn main() {
/// let tasks: JoinSet<_> = USER.sync_scope("alice", || (0..2).map(|_| async { USER.get() }).collect());
/// assert_eq!(tasks.join_all().await, [Some("alice"), Some("alice")]);
/// # }
/// ```
impl<T, F> FromIterator<F> for JoinSet<T>
where
    F: Future<Output = T>,
    F: Send + 'static,
    T: Send + 'static,
{
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = F>>(tasks: I) -> Self {
        let mut set = Self::new();
        set.extend(tasks);
        set
    }
}

/// Spawns each of the futures, as [`JoinSet::spawn`] does.
///
/// ```
/// use contextvars::{context_var, tokio::JoinSet};
///
/// #[context_var]
/// static USER: &'static str;
///
/// # #[tokio::main]
/// # async fn main() {
/// let mut tasks = JoinSet::new();
/// USER.sync_scope("alice", || tasks.extend([async { USER.get() }]));
/// assert_eq!(tasks.join_all().await, [Some("alice")]);
/// # }
/// ```
impl<T, F> Extend<F> for JoinSet<T>
where
    F: Future<Output = T>,
    F: Send + 'static,
    T: Send + 'static,
{
    #[track_caller]
    fn extend<I: IntoIterator<Item = F>>(&mut self, tasks: I) {
        for task in tasks {
            self.spawn(task);
        }
    }
}
