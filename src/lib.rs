//! Context variables for async Rust: values that belong to the task, not to the thread, on every executor.
//!
//! Thousands of requests share a few threads. A thread-local leaks from one request into the next, and passing the
//! request's user through every function is no answer. Python solved it with `contextvars`; this crate does the same on
//! stable Rust, with no help from any executor.
//!
//! ```
//! use contextvars::{context_var, with_context};
//!
//! #[context_var]
//! static USER: String = "nobody".to_owned();
//!
//! #[with_context] // a context of its own for each call
//! async fn handle(user: &str) -> String {
//!     USER.set(user.to_owned());
//!     tokio::task::yield_now().await;
//!     tokio::spawn(audit()).await.unwrap() // spawned tasks inherit
//! }
//!
//! #[with_context]
//! async fn audit() -> String {
//!     format!("audited {}", deep_below())
//! }
//!
//! fn deep_below() -> String {
//!     USER.get() // no argument passed through
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let (alice, bob) = tokio::join!(handle("alice"), handle("bob"));
//! assert_eq!((alice.as_str(), bob.as_str()), ("audited alice", "audited bob"));
//! assert_eq!(USER.get(), "nobody"); // and nothing is left behind
//! # }
//! ```
//!
//! # Overview
//!
//! - A [`ContextVar`] is a key. [`#[context_var]`](macro@context_var) declares one as a typed static, with a default or
//!   without.
//! - A [`Context`] is an immutable snapshot of what is bound. Taking one is O(1), however many variables there are.
//! - [`#[with_context]`](macro@with_context) gives each call of an async fn (or of a plain fn, a closure, an async block)
//!   a context of its own. It starts as a copy of the caller's, taken at the call, and is entered for every poll.
//! - [`set`](ContextVar::set) binds a variable in the current context and returns a [`Token`];
//!   [`reset`](ContextVar::reset) takes it back, or a [`guard`](Token::guard) does when it is dropped.
//! - [`scope`](ContextVar::scope) binds a variable for the length of one future, [`sync_scope`](ContextVar::sync_scope)
//!   for the length of a call.
//! - [`bind!`](macro@bind) carries the current context to another thread, or into a callback that a library calls later;
//!   [`ContextExt::in_context`] carries a future into any context.
//! - [`outside`] calls a closure in no context at all: for what runs inside a request and is none of its business.
//!
//! # The rules
//!
//! 1. **Captured at the call.** Calling an annotated fn takes the snapshot then and there, before the first poll: in
//!    `spawn(handler(req))` the task carries the caller's context, on every executor.
//! 2. **A context of its own.** What the future sets survives its own awaits, on whatever thread it is polled next. The
//!    caller, siblings and the executor see none of it.
//! 3. **Plain async fns share** the context that they are polled in, like an inline `await` in Python. So a function
//!    whose job is to set a variable *for its caller* (`sign_in(user)`) stays plain: annotated, it would set it for
//!    itself.
//! 4. **A scope written around a call applies to it.** In `USER.scope(user, handler(req))` Rust calls `handler` first, and
//!    yet it sees `USER`: a wrapper applies to the futures inside it that were made before it, in the same place. Each
//!    call of an annotated fn, each scope and each `run` is a place, and all that is outside every context is one.
//!    - A future that was made in another place keeps its own context: one from a queue, one in somebody's
//!      `FuturesUnordered`, and one that is handed as an argument to an *annotated* middleware. Leave such a middleware
//!      plain, or hand it a closure that makes the future.
//!    - An explicit context is sealed: `fresh` and [`in_context`](ContextExt::in_context) take nothing from the wrappers
//!      around them. So a shared future that is made `fresh` at start-up never acts as the request that polls it first.
//! 5. **No write without an owner.** Where no context is entered, [`set`](ContextVar::set) panics and
//!    [`try_set`](ContextVar::try_set) gives the value back: a forgotten annotation can't leave one request's user on the
//!    worker thread for the next.
//! 6. **Whole-context restore.** However a context is left (return, `?`, panic, cancellation), exactly what was there
//!    before is back.
//! 7. **Destructors see the context** of the future that they belong to.
//! 8. **Your code never runs under a lock or a borrow of ours.** `Clone`, `Drop`, `Debug`, defaults and closures may read
//!    and set as they like.
//! 9. **Threads start empty.** Values cross by [`bind!`](macro@bind), by an annotated fn, or by `in_context`.
//! 10. **Thread teardown is calm.** In destructors of thread-locals everything still works.
//! 11. **Cost does not grow with the number of variables** for a poll and a capture. A read takes one step for up to 32
//!     variables, and two for up to a thousand.
//! 12. **Freed when nobody can read it.** A value lives as long as a context, snapshot, token or wrapper can show it. One
//!     that holds a snapshot that shows itself is a cycle of reference counts, and lives until it lets go.
//!
//! # What crosses and what stays
//!
//! | to | inherits | what to write |
//! | --- | --- | --- |
//! | an awaited plain async fn | shares the caller's context | `fetch().await` |
//! | an awaited annotated fn | a copy | `fetch().await` |
//! | a spawned task | a copy, from an annotated fn or a wrapper; else nothing | `spawn(annotated())`, `spawn(plain().in_current_context())`, `spawn(bind!(async { .. }))` |
//! | a thread, a blocking pool | a copy, from a bound closure; else nothing | `spawn_blocking(bind(f))` |
//! | many calls on many threads | a copy for each call | [`bind_fn`], `bind!(\|x\| ..)` |
//! | a callback that a library calls later | a copy for each call, and for the future that it returns | `ws.on_upgrade(bind!(\|socket\| chat(socket)))` |
//! | a callback of what requests share: a cache, a pool, a `LazyLock` | shares with whoever comes by | `outside(\|\| ..)` in the callback |
//! | the body of a response, streamed | a copy, from a layer; else nothing | `tower::BodyLayer` |
//! | something that outlives the request | nothing | `#[with_context(fresh)]`, `f.in_context(Context::new())` |
//!
//! ```
//! use contextvars::{ContextExt, bind, context_var, with_context};
//!
//! #[context_var]
//! static USER: &'static str;
//!
//! async fn plain() -> Option<&'static str> {
//!     USER.get()
//! }
//!
//! # #[tokio::main]
//! # async fn main() {
//! #[with_context(USER = "alice")]
//! async fn request() {
//!     assert_eq!(plain().await, Some("alice"));
//!     assert_eq!(tokio::spawn(plain()).await.unwrap(), None);
//!     assert_eq!(tokio::spawn(plain().in_current_context()).await.unwrap(), Some("alice"));
//!     assert_eq!(tokio::task::spawn_blocking(bind(|| USER.get())).await.unwrap(), Some("alice"));
//! }
//! request().await;
//! # }
//! ```
//!
//! Some values must *not* cross: an open transaction, a queue of on-commit hooks, a flag that suppresses something. A
//! variable declared with `local` stays with the context that runs. What a task awaits inline sees it, annotated or not;
//! spawned tasks, threads, bound closures and snapshots don't, and a job from a queue sees its consumer's:
//!
//! ```
//! use contextvars::{Context, context_var, with_context};
//!
//! #[context_var]
//! static USER: &'static str;
//! #[context_var(local)]
//! static TRANSACTION: u32;
//!
//! #[with_context]
//! async fn insert() -> (Option<&'static str>, Option<u32>) {
//!     (USER.get(), TRANSACTION.get())
//! }
//!
//! # #[tokio::main]
//! # async fn main() {
//! #[with_context(USER = "alice", TRANSACTION = 7)]
//! async fn request() {
//!     assert_eq!(insert().await, (Some("alice"), Some(7)));
//!     assert_eq!(tokio::spawn(insert()).await.unwrap(), (Some("alice"), None));
//!     assert!(!Context::current().contains(&TRANSACTION));
//! }
//! request().await;
//! # }
//! ```
//!
//! A future inherits the local bindings once, at its first poll, from the context that it is polled in, and never from
//! what it has captured; a call inherits those of its caller. [`Context::run`], `scope`, `in_context` and `fresh` keep
//! the ones that are there. Where a local variable is bound a call and a first poll cost an allocation more; elsewhere
//! there is nothing to pay.
//!
//! # Guides
//!
//! - [What crosses and what stays](guide::what_crosses): every boundary, and what to write there
//! - [Frameworks, pools and caches](guide::frameworks): axum, actix-web, tonic, async-graphql, poem, rocket, sqlx and
//!   others; and [rayon](guide::rayon)
//! - Coming from [tokio `task_local!`](guide::from_task_local), from [Python](guide::from_python), from [opentelemetry or
//!   tracing](guide::from_opentelemetry_tracing)
//! - [Testing code that uses context](guide::testing)
//! - [How it works](guide::how_it_works)
//!
//! # What it does not protect from
//!
//! Rule 5 stops a task that has no context. It can't tell apart plain futures that *share* a context (rule 3), since that
//! is what sharing means. Four places where it shows:
//!
//! - plain async fns in a `join!` or `FuturesUnordered` inside one annotated fn write to that fn's context, and see each
//!   other's writes: annotate the members;
//! - an executor driven inside [`Context::run`] or [`sync_scope`](ContextVar::sync_scope) polls its raw tasks in that
//!   context: enter the context in a future, not around `block_on`;
//! - a local set or another nested executor (a `block_on` in an annotated fn, too), polled inside somebody's context,
//!   polls its raw tasks there: annotate the tasks;
//! - an executor that polls a task inside `spawn`, or runs the tasks of others while it waits, and a cache or a pool that
//!   calls back, do so in the context of whoever spawns, waits or comes by: `outside(|| pool.scope(..))`.
//!
//! A **default is one value for the whole process**. One that can change from within (`Arc<Mutex<_>>`) is shared by all
//! requests, and one that counts (`next_id()`) is the same for all: bind such values where a request begins.
//!
//! Values are ordinary memory: they show up in a core dump. `redact` keeps them out of `Debug`, no more. `SECURITY.md` in
//! the repository lists all that is promised, and all that is not.
//!
//! # Comparison
//!
//! | | this crate | tokio `task_local!` | Python `contextvars` | opentelemetry `Context` |
//! | --- | --- | --- | --- | --- |
//! | executors | any | any (the crate is tokio) | asyncio | any |
//! | inherited by spawned tasks | annotated fns and wrappers | no | always | with `with_context` at each place |
//! | write in the middle of a task | `set`, with token | no: scopes only | `set`, with token | attach a new context |
//! | write with no task | refused | panics outside a scope | goes to the thread | goes to the thread |
//! | several variables | one capture | a wrapper each | one capture | one context |
//! | defaults | yes | no | yes | no |
//! | distributed tracing | no | no | no | yes: propagators, baggage, spans |
//!
//! tokio's is smaller and enough where one scope around one future does. opentelemetry's is the one to use for trace
//! propagation between services; it lives beside this crate without conflict. Python's is inherited by every task without
//! an annotation, which Rust leaves no hook for.
//!
//! # Features
//!
//! - `macros` (default): the two attribute macros.
//! - `futures`: `Stream`, `Sink`, `FusedFuture` and `FusedStream` for [`InContext`], and annotated fns that return
//!   streams; `Spawn` and `LocalSpawn` for [`Inherit`].
//! - `http-body`: `http_body::Body` for [`InContext`], so that `body.in_context(context)` is a body; with `tower`, a layer
//!   that takes the body of each response along into the context of its request.
//! - `hyper`: hyper's `Executor` for `Inherit`, so that the tasks which hyper spawns inherit.
//! - `log`: a logger that adds variables to the key-values of every record.
//! - `tower`: layers that give each request a context of its own and bind variables from it, for axum, tonic and plain
//!   tower services, and that take it past a buffer.
//! - `tracing`: variables on every event and span that `tracing-subscriber` writes, as text or JSON.
//!
//! # Where it runs
//!
//! On any executor that runs on std; nothing here knows of one. Rust 1.85 or later, with every feature. `no_std` is not
//! supported, since the current context is a thread-local. Targets other than Linux on x86-64 are not tested; there is
//! nothing specific to a platform in it, `wasm32` with std has not been tried.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "log", feature = "tracing"))]
mod fields;
#[cfg(all(any(doc, doctest), feature = "macros"))]
pub mod guide;
#[cfg(any(feature = "futures", feature = "hyper"))]
mod inherit;
#[cfg(feature = "log")]
#[cfg_attr(docsrs, doc(cfg(feature = "log")))]
pub mod log;
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub mod tower;
#[cfg(feature = "tracing")]
#[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
pub mod tracing;
#[cfg(any(feature = "log", feature = "tracing"))]
mod typed;

#[doc(inline)]
pub use contextvars_core::{
    Change, Context, ContextExt, ContextVar, Diff, Guard, InContext, Iter, Kind, NoDefault, ResetError, SetError,
    Shown, Token, Value, Variable, WithDefault, bind, bind_fn, outside,
};
#[cfg(any(feature = "futures", feature = "hyper"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "futures", feature = "hyper"))))]
pub use inherit::Inherit;

/// ```
/// use contextvars::context_var;
/// use std::sync::Arc;
///
/// #[derive(Debug)]
/// pub struct Account {
///     pub name: &'static str,
/// }
///
/// /// With a default: any expression, evaluated when it is first needed.
/// #[context_var]
/// pub static REQUEST_ID: String = "unknown".to_owned();
///
/// /// Without: `get` returns an `Option`.
/// #[context_var]
/// pub static ACCOUNT: Arc<Account>;
///
/// /// `Debug` of contexts shows `<redacted>`.
/// #[context_var(redact)]
/// static PASSWORD: String;
///
/// /// Stays with the task: no spawn, snapshot or bound closure takes it along.
/// #[context_var(local)]
/// static DEPTH: u32 = 0;
///
/// assert_eq!(REQUEST_ID.get(), "unknown");
/// assert!(ACCOUNT.get().is_none());
/// assert_eq!(DEPTH.sync_scope(1, || std::thread::spawn(contextvars::bind(|| DEPTH.get())).join().unwrap()), 0);
/// PASSWORD.sync_scope("hunter2".to_owned(), || {
///     assert_eq!(format!("{:?}", contextvars::Context::current()), "Context { PASSWORD: <redacted> }");
/// });
/// ```
#[cfg(feature = "macros")]
#[doc(inline)]
pub use contextvars_macros::context_var;

/// ```
/// use contextvars::{context_var, with_context};
///
/// #[context_var]
/// static USER: &'static str;
/// #[context_var]
/// static ATTEMPT: u32 = 0;
///
/// struct Service;
///
/// impl Service {
///     /// Inherits the caller's context.
///     #[with_context]
///     async fn call(&self) -> (Option<&'static str>, u32) {
///         (USER.get(), ATTEMPT.get())
///     }
///
///     /// Binds variables first; the expressions see the parameters.
///     #[with_context(USER = user, ATTEMPT = 1)]
///     async fn call_as(&self, user: &'static str) -> (Option<&'static str>, u32) {
///         self.call().await
///     }
///
///     /// Starts empty.
///     #[with_context(fresh)]
///     async fn call_detached(&self) -> (Option<&'static str>, u32) {
///         self.call().await
///     }
///
///     /// Inside an annotated fn: `move` closures, async closures and async blocks.
///     #[with_context(USER = "root")]
///     fn on_a_thread(&self) -> std::thread::JoinHandle<Option<&'static str>> {
///         std::thread::spawn(
///             #[with_context]
///             move || USER.get(),
///         )
///     }
/// }
///
/// /// Where another macro below copies attributes or moves bodies, as `mockall` does: expanded before it. An `async fn`
/// /// captures at its first poll then, not at the call.
/// #[with_context(in_place)]
/// impl Service {
///     async fn call_later(&self) -> Option<&'static str> {
///         USER.get()
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let service = Service;
/// assert_eq!(service.call_as("alice").await, (Some("alice"), 1));
/// assert_eq!(USER.scope("bob", service.call()).await, (Some("bob"), 0));
/// assert_eq!(USER.scope("bob", service.call_detached()).await, (None, 0)); // nobody adds to it
/// assert_eq!(service.on_a_thread().join().unwrap(), Some("root"));
/// let called = USER.sync_scope("carol", || service.call_later());
/// assert_eq!(USER.scope("dave", async { called.await }).await, Some("dave"));
/// # });
/// ```
#[cfg(feature = "macros")]
#[doc(inline)]
pub use contextvars_macros::with_context;

/// Binds a closure or an `async` block to the current context.
///
/// The context is captured when this is evaluated, in any function, annotated or not, and is entered for each call and each
/// poll, on whatever thread and task that is. So it goes around a callback, and not inside it. It means what `#[with_context]` means on a closure or a block inside an
/// annotated function, where a macro call can't be looked into. For callbacks that a library calls later, and tasks:
///
/// ```
/// use contextvars::{bind, context_var};
///
/// #[context_var]
/// static USER: &'static str;
///
/// /// A library that calls back later, on a task of its own.
/// async fn on_message<F, Fut>(callback: F) -> Fut::Output
/// where
///     F: Fn(u32) -> Fut + Send + 'static,
///     Fut: Future<Output: Send> + Send + 'static,
/// {
///     tokio::spawn(async move { callback(7).await }).await.unwrap()
/// }
///
/// async fn chat(message: u32) -> String {
///     tokio::task::yield_now().await;
///     format!("{message} for {:?}", USER.get())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let request = USER.scope("alice", async {
///     let task = tokio::spawn(bind!(async { USER.get() }));
///     (on_message(bind!(|message| chat(message))).await, task.await.unwrap())
/// });
/// assert_eq!(request.await, (r#"7 for Some("alice")"#.to_owned(), Some("alice")));
/// # }
/// ```
///
/// # The rule
///
/// - Any number of arguments, `async` closures too. Every call starts from the captured snapshot, in a context of its own:
///   calls don't see what others set, and no scope around a call adds to it.
/// - **A closure whose result is a future is covered with its future**: the future goes on in the context of the call that
///   made it. A boxed future is boxed again and stays of its type, any other becomes an [`InContext`]. Where it can't be
///   known whether the result is a future, such as that of a type parameter, it is refused: write the result's type. So is
///   a future in a `Result` or an `Option`: with the type written, a boxed one is covered, and any other left as it is.
/// - No `move` need be written: the closure is moved into the bound one, and its captures stay what they are. With `move`
///   the compiler finds the types of arguments where the closure is passed to; without it may ask for them.
/// - A name, `bind!(chat)`, is refused: write the call.
///
/// A call costs what a call of an annotated function costs; a future that it returns one allocation more if the closure has
/// set or captured something before, and a boxed one another for its box.
///
/// The function [`bind`](fn@bind) of the same name comes with the same `use`: it takes a closure *value*, which it covers for
/// the call alone.
#[cfg(feature = "macros")]
#[macro_export]
macro_rules! bind {
    ($($what:tt)*) => {
        $crate::__private::__bind! { ($crate) $($what)* }
    };
}

/// What the macros emit calls of. Not part of the public interface: it may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use contextvars_core::__private::*;
    #[cfg(feature = "macros")]
    pub use contextvars_macros::__bind;
}

#[cfg(all(
    doctest,
    feature = "http-body",
    feature = "macros",
    feature = "tower",
    feature = "tracing"
))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "macros"))]
#[doc = include_str!("../SECURITY.md")]
struct Security;
