//! Tasks of tokio that inherit: tokio's own ways to spawn, under the same names and with the same signatures.
//!
//! A task of [`tokio::spawn`](::tokio::spawn) starts with nothing, unless its future is annotated or wrapped. A task that is
//! spawned here has a copy of the context in which it was *spawned*, as a call of an annotated function has:
//!
//! - It sees the variables that are bound where `spawn` is called. It shares nothing with whoever polls it.
//!   [Local](macro@crate::context_var) variables stay behind.
//! - What it sets stays in the task.
//! - A future that has a context already keeps it: the future of an annotated function, `fresh` or not, and one that is
//!   wrapped by `scope` or [`in_context`](crate::ContextExt::in_context). So a task that must inherit nothing is
//!   `spawn(future.in_context(Context::new()))`.
//! - A task that is aborted is dropped in its context. A blocking closure that is aborted before it is called has none yet.
//!
//! In addition to what tokio's does, a spawn costs one capture. [What crosses](crate::guide::what_crosses#forbid-the-bare-spawn) has a
//! `clippy.toml` that forbids tokio's own.
//!
//! ```
//! use contextvars::tokio::{JoinSet, spawn, spawn_blocking};
//! use contextvars::{Context, ContextExt, context_var, with_context};
//!
//! #[context_var]
//! static USER: &'static str;
//!
//! async fn plain() -> Option<&'static str> {
//!     USER.get()
//! }
//!
//! #[with_context(USER = "alice")]
//! async fn request() {
//!     assert_eq!(spawn(plain()).await.unwrap(), Some("alice"));
//!     assert_eq!(spawn_blocking(|| USER.get()).await.unwrap(), Some("alice"));
//!     assert_eq!(spawn(plain().in_context(Context::new())).await.unwrap(), None);
//!
//!     let mut tasks = JoinSet::new();
//!     tasks.spawn(plain());
//!     tasks.spawn(async {
//!         USER.set("bob"); // for this task alone
//!         plain().await
//!     });
//!     let mut users = tasks.join_all().await;
//!     users.sort();
//!     assert_eq!(users, [Some("alice"), Some("bob")]);
//! }
//!
//! # #[tokio::main]
//! # async fn main() {
//! request().await;
//! # }
//! ```
//!
//! # What is not here
//!
//! Whatever else spawns takes a wrapped future, or a bound closure:
//!
//! - `TaskTracker` and `JoinMap` of tokio-util: `tracker.spawn(future.in_current_context())`.
//! - tokio's `Builder`, which is unstable: `Builder::new().name("audit").spawn(future.in_current_context())`.
//! - `LocalRuntime::spawn_local`: [`spawn_local`] inside of it.
//! - `block_on`, `LocalSet::run_until` and `block_in_place` call or poll what they are given at once, in the context that is
//!   current there, and need nothing.

mod join_set;

pub use self::join_set::JoinSet;

use contextvars_core::{ContextExt, bind};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, LocalSet};

/// Spawns a task that inherits, as [`tokio::spawn`](::tokio::spawn) spawns one that doesn't.
///
/// The task has a copy of the context that is current where `spawn` is called, whenever and wherever it is polled first.
///
/// ```
/// use contextvars::context_var;
///
/// #[context_var]
/// static USER: &'static str;
///
/// # #[tokio::main]
/// # async fn main() {
/// let task = USER.sync_scope("alice", || contextvars::tokio::spawn(async { USER.get() }));
/// assert_eq!(task.await.unwrap(), Some("alice"));
/// # }
/// ```
///
/// # Panics
///
/// If it is called outside of a tokio runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    ::tokio::spawn(future.in_current_context())
}

/// Spawns a task that inherits on the given runtime, as [`Handle::spawn`](::tokio::runtime::Handle::spawn) spawns one that
/// doesn't.
///
/// The task has a copy of the context that is current where `spawn_on` is called. For a `Runtime` write
/// `spawn_on(future, runtime.handle())`.
///
/// ```
/// use contextvars::{context_var, tokio::spawn_on};
///
/// #[context_var]
/// static USER: &'static str;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = tokio::runtime::Runtime::new()?;
/// let task = USER.sync_scope("alice", || spawn_on(async { USER.get() }, runtime.handle()));
/// assert_eq!(runtime.block_on(task)?, Some("alice"));
/// # Ok(())
/// # }
/// ```
#[track_caller]
pub fn spawn_on<F>(future: F, handle: &Handle) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    handle.spawn(future.in_current_context())
}

/// Spawns a task that inherits and stays on this thread, as [`tokio::task::spawn_local`](::tokio::task::spawn_local) spawns
/// one that doesn't inherit.
///
/// The task has a copy of the context that is current where `spawn_local` is called, and shares nothing with the task that
/// drives the `LocalSet`.
///
/// ```
/// use contextvars::{context_var, tokio::spawn_local};
/// use std::rc::Rc;
///
/// #[context_var]
/// static USER: &'static str;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let tasks = tokio::task::LocalSet::new();
/// let greeting = tasks.run_until(USER.scope("alice", async {
///     let greeting = Rc::new("hello"); // is not `Send`
///     spawn_local(async move { (*greeting, USER.get()) }).await
/// }));
/// assert_eq!(greeting.await.unwrap(), ("hello", Some("alice")));
/// # }
/// ```
///
/// # Panics
///
/// If it is called outside of a `LocalSet` and of a `LocalRuntime`.
#[track_caller]
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    ::tokio::task::spawn_local(future.in_current_context())
}

/// Spawns a task that inherits on the given `LocalSet`, as
/// [`LocalSet::spawn_local`](::tokio::task::LocalSet::spawn_local) spawns one that doesn't.
///
/// The task has a copy of the context that is current where `spawn_local_on` is called. It starts when the set is next
/// driven, and shares nothing with the task that drives it.
///
/// ```
/// use contextvars::{context_var, tokio::spawn_local_on};
///
/// #[context_var]
/// static USER: &'static str;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let tasks = tokio::task::LocalSet::new();
/// let task = USER.sync_scope("alice", || spawn_local_on(async { USER.get() }, &tasks));
/// assert_eq!(tasks.run_until(task).await.unwrap(), Some("alice"));
/// # }
/// ```
#[track_caller]
pub fn spawn_local_on<F>(future: F, local_set: &LocalSet) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    local_set.spawn_local(future.in_current_context())
}

/// Runs a closure that inherits where it may block, as [`tokio::task::spawn_blocking`](::tokio::task::spawn_blocking) runs
/// one that doesn't.
///
/// The closure is called in a copy of the context that is current where `spawn_blocking` is called: it is [bound](fn@crate::bind).
///
/// ```
/// use contextvars::{context_var, tokio::spawn_blocking};
///
/// #[context_var]
/// static USER: &'static str;
///
/// # #[tokio::main]
/// # async fn main() {
/// let task = USER.sync_scope("alice", || spawn_blocking(|| USER.get()));
/// assert_eq!(task.await.unwrap(), Some("alice"));
/// # }
/// ```
///
/// # Panics
///
/// If it is called outside of a tokio runtime.
#[track_caller]
pub fn spawn_blocking<F, R>(f: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    ::tokio::task::spawn_blocking(bind(f))
}

/// Runs a closure that inherits on the given runtime's threads for blocking, as
/// [`Handle::spawn_blocking`](::tokio::runtime::Handle::spawn_blocking) runs one that doesn't.
///
/// The closure is called in a copy of the context that is current where `spawn_blocking_on` is called.
///
/// ```
/// use contextvars::{context_var, tokio::spawn_blocking_on};
///
/// #[context_var]
/// static USER: &'static str;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = tokio::runtime::Runtime::new()?;
/// let task = USER.sync_scope("alice", || spawn_blocking_on(|| USER.get(), runtime.handle()));
/// assert_eq!(runtime.block_on(task)?, Some("alice"));
/// # Ok(())
/// # }
/// ```
#[track_caller]
pub fn spawn_blocking_on<F, R>(f: F, handle: &Handle) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    handle.spawn_blocking(bind(f))
}
