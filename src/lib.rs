//! Context variables for async Rust: values that belong to the task, not to the thread, on every executor.
//!
//! A service runs thousands of requests on a few threads. The user, the tenant or the request id belongs to one
//! request. A thread-local would show it to the next request on that thread, and to pass it through every function is
//! tedious. Python solved this with `contextvars` ([PEP 567](https://peps.python.org/pep-0567/)). This crate does the
//! same on stable Rust, and needs no help from an executor.
//!
//! ```
//! use contextvars::{context_var, with_context};
//!
//! #[context_var]
//! static USER: String = "nobody".to_owned();
//!
//! #[with_context] // each call has a context of its own
//! async fn handle(user: &str) -> String {
//!     USER.set(user.to_owned());
//!     tokio::task::yield_now().await;
//!     tokio::spawn(audit()).await.unwrap() // an annotated fn inherits, in a spawned task too
//! }
//!
//! #[with_context]
//! async fn audit() -> String {
//!     format!("audited {}", user())
//! }
//!
//! fn user() -> String {
//!     USER.get() // no argument passed through
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let (alice, bob) = tokio::join!(handle("alice"), handle("bob"));
//! assert_eq!((alice.as_str(), bob.as_str()), ("audited alice", "audited bob"));
//! assert_eq!(USER.get(), "nobody"); // no value is left behind
//! # }
//! ```
//!
//! # Overview
//!
//! - A [`ContextVar`] is a key. [`#[context_var]`](macro@context_var) declares one as a typed static, with or without a
//!   default.
//! - A [`Context`] is an immutable snapshot of all values. To take one is O(1), however many variables there are.
//!   [`Context::diff`] compares two, as a [`Diff`].
//! - [`#[with_context]`](macro@with_context) gives each call of a function, a closure or an `async` block a context of
//!   its own. It starts as a copy of the caller's context, and every poll of the future runs in it.
//! - [`get`](ContextVar#method.get) reads the value in the current context, and [`set`](ContextVar::set) replaces it
//!   and returns a [`Token`]. [`reset`](ContextVar::reset) takes the token and restores the value before; a
//!   [`Guard`](Token::guard) does so when it is dropped. [`SetError`] and [`ResetError`] say why one failed.
//! - [`scope`](ContextVar::scope) sets a variable for one future, [`sync_scope`](ContextVar::sync_scope) for one call
//!   of a closure.
//! - [`bind!`](macro@bind) takes the current context to another thread, or into a callback that a library calls later.
//!   The functions [`bind`](fn@bind) and [`bind_fn`] do it for a closure value.
//! - [`ContextExt`] wraps a future, a stream or a body as an [`InContext`], which runs in the current context or in any
//!   other.
//! - [`outside`] calls a closure in no context, for code that runs inside a request but must not see it.
//! - [`lost`] tells where a context got lost: which line read or wrote a variable in a task that was spawned bare.
//! - [`Variable`] is a variable of any type, for code that shows several of them, each as a [`Shown`] value.
//!
//! For other crates there are the modules [`tokio`](mod@crate::tokio), [`tower`], [`tracing`] and [`log`], and [`Inherit`] for
//! executors; [`baggage`] sends variables to other processes. Each is behind a [feature](#features). All items are listed
//! at the end of this page.
//!
//! # The rules
//!
//! 1. **Captured at the call.** A call of an annotated fn takes a snapshot of the caller's context at once, before the
//!    first poll. So the task of `spawn(handler(req))` has the caller's context, on every executor.
//! 2. **A context of its own.** What the future sets stays set across its awaits, on whatever thread it is polled next.
//!    Its caller, its siblings and the executor see none of it.
//! 3. **Plain async fns share** the context in which they are polled, like an inline `await` in Python. So a function
//!    that sets a variable *for its caller*, such as `sign_in(user)`, stays plain: annotated, it would set the variable
//!    for itself alone.
//! 4. **A scope written around a call applies to it.** In `USER.scope(user, handler(req))` Rust calls `handler` first,
//!    and `handler` sees `USER` all the same. A wrapper applies to the futures inside of it that were made before it
//!    and *in the same frame*. Each call of an annotated fn, each scope and each `run` is a frame of its own; all code
//!    outside of every context is one frame together.
//!    - A future that was made in another frame keeps its values: a job from a queue, a member of somebody's
//!      `FuturesUnordered`, and a future that is an argument of an *annotated* middleware. Leave such a middleware
//!      plain, or give it a closure that makes the future.
//!    - An explicit context is sealed: wrappers around `fresh` and [`in_context`](ContextExt::in_context) do not apply
//!      to what is inside. So a shared future that is made `fresh` at start-up never acts for the request that polls it
//!      first.
//! 5. **No write without an owner.** Where no context is entered, [`set`](ContextVar::set) panics, and
//!    [`try_set`](ContextVar::try_set) returns the value. So a forgotten annotation can't leave one request's user on
//!    the worker thread for the next request.
//! 6. **Whole-context restore.** However a context is left (return, `?`, panic, cancellation), the thread has exactly
//!    the context that it had before.
//! 7. **Destructors see the context** of the future that they belong to.
//! 8. **Your code never runs under a lock or a borrow of this crate.** `Clone`, `Drop`, `Debug`, defaults and closures
//!    may read and set any variable.
//! 9. **Threads start empty.** Values cross to a thread by [`bind!`](macro@bind), by an annotated fn, or by
//!    `in_context`.
//! 10. **Thread teardown is calm.** Everything works in destructors of thread-locals too.
//! 11. **Cost does not grow with the number of variables** for a poll and a capture. A read takes the same time with up
//!     to 32 bound variables. With more, up to a thousand, it takes 1.8 to 2.3 times as long.
//! 12. **Freed when nobody can read it.** A value lives as long as a context, snapshot, token or wrapper that can show
//!     it. A value that holds a snapshot with itself in it is a cycle of reference counts: it lives until it lets the
//!     snapshot go.
//!
//! # What crosses and what stays
//!
//! | to | inherits | what to write |
//! | --- | --- | --- |
//! | an awaited plain async fn | shares the caller's context | `fetch().await` |
//! | an awaited annotated fn | a copy | `fetch().await` |
//! | a spawned task | a copy, from an annotated fn or a wrapper, or by [`contextvars::tokio::spawn`](fn@crate::tokio::spawn); else nothing | `spawn(annotated())`, `spawn(plain().in_current_context())`, `spawn(bind!(async { .. }))` |
//! | a thread, a blocking pool | a copy, from a bound closure; else nothing | `spawn_blocking(bind(f))` |
//! | many calls on many threads | a copy for each call | [`bind_fn`], `bind!(\|x\| ..)` |
//! | a callback that a library calls later | a copy for each call, and for the future that it returns | `ws.on_upgrade(bind!(\|socket\| chat(socket)))` |
//! | a callback of what requests share: a cache, a pool, a `LazyLock` | shares the context of the request that triggers it | `outside(\|\| ..)` in the callback |
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
//! Some values must *not* cross: an open transaction, a queue of on-commit hooks, a flag that suppresses something.
//! Declare such a variable with `local`: its value stays with the context that runs. What a task awaits inline sees it,
//! annotated or not. Spawned tasks, threads, bound closures and snapshots don't see it, and a job from a queue sees the
//! value of the task that polls it.
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
//! A future inherits the values of local variables once, at its first poll, from the context in which it is polled; a
//! call inherits those of its caller. [`Context::run`], `scope`, `in_context` and `fresh` keep the values that are
//! there. Where a local variable is bound, a call and a first poll cost one more allocation; elsewhere local variables
//! cost nothing.
//!
//! # Guides
//!
//! - [What crosses and what stays](guide::what_crosses): every boundary, with the line to write
//! - [Frameworks, pools and caches](guide::frameworks): axum, actix-web, tonic, async-graphql, poem, rocket, sqlx and
//!   others; and [rayon](guide::rayon)
//! - [Across processes](guide::across_processes): a tenant from a caller in Python into the logs, gRPC, message queues
//! - Coming from [tokio `task_local!`](guide::from_task_local), from [Python](guide::from_python), from [opentelemetry
//!   or tracing](guide::from_opentelemetry_tracing)
//! - [Testing code that uses context](guide::testing)
//! - [How it works](guide::how_it_works)
//!
//! # What it does not protect from
//!
//! Rule 5 stops a task that has no context. It can't tell apart plain futures that *share* a context (rule 3), since
//! that is what sharing means. There are four such places:
//!
//! - Plain async fns in a `join!` or a `FuturesUnordered` inside one annotated fn write to the context of that fn, and
//!   see each other's writes: annotate them.
//! - An executor that is driven inside [`Context::run`] or [`sync_scope`](ContextVar::sync_scope) polls its plain tasks
//!   in that context: enter the context in the future, not around `block_on`.
//! - A local set or another nested executor that is polled inside somebody's context, as by a `block_on` in an
//!   annotated fn, polls its plain tasks in that context: annotate the tasks.
//! - An executor may poll a task inside `spawn`, or run other tasks while a task waits. A cache or a pool calls back
//!   while somebody uses it. That code runs in the context of the task that spawns, waits or uses:
//!   `outside(|| pool.scope(..))`.
//!
//! A **default is one value for the whole process**. All requests share one that can change inside (`Arc<Mutex<_>>`),
//! and see the same value of one that counts (`next_id()`): bind such values where a request begins.
//!
//! Values are ordinary memory: they are in a core dump. `redact` keeps them out of `Debug`, and no more. `SECURITY.md`
//! in the repository lists all that is promised, and all that is not.
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
//! | to other processes | [`baggage`], typed | no | no | propagators, baggage |
//! | distributed tracing | no | no | no | yes: spans, exporters |
//!
//! tokio's macro is smaller, and enough where one scope around one future does. opentelemetry propagates traces between
//! services; use it for that, beside this crate. In Python every task inherits without an annotation, for which Rust
//! has no hook.
//!
//! # Features
//!
//! - `macros` (default): the two attribute macros.
//! - `baggage`: [variables in the `baggage` header](crate::baggage) of requests and messages, as W3C Baggage has it; with
//!   `tower`, [layers](crate::tower::ExtractLayer) for both directions; with `opentelemetry`, a
//!   [propagator](crate::baggage::Propagator).
//! - `futures`: `Stream`, `Sink`, `FusedFuture` and `FusedStream` for [`InContext`], and annotated fns that return
//!   streams; `Spawn` and `LocalSpawn` for [`Inherit`].
//! - `http-body`: `http_body::Body` for [`InContext`], so that `body.in_context(context)` is a body; with `tower`, a
//!   [layer](crate::tower::BodyLayer) that keeps the body of each response in the context of its request.
//! - `hyper`: hyper's `Executor` for `Inherit`, so that the tasks which hyper spawns inherit.
//! - `log`: a [logger](crate::log::ContextLogger) that adds variables to the key-values of every record.
//! - `opentelemetry`: with `baggage`, a `TextMapPropagator` for the composite of what opentelemetry instruments.
//! - `tokio`: [`spawn`](fn@crate::tokio::spawn) and its like, and a [`JoinSet`](crate::tokio::JoinSet), with tokio's signatures,
//!   whose tasks inherit.
//! - `tower`: [layers](crate::tower) for axum, tonic and plain tower services, which give each request a context of its
//!   own, bind variables from it, and take it past a buffer.
//! - `tracing`: [variables](crate::tracing) on every event and span that `tracing-subscriber` writes, as text or JSON.
//!
//! # Where it runs
//!
//! On any executor that runs on std. Rust 1.85 or later. `no_std` is not supported, since the current context is a
//! thread-local. It is tested on Linux on x86-64; no code is specific to a platform. `wasm32` with std has not been
//! tried.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(any(doc, doctest), feature = "macros"))]
pub mod guide;
mod integrations;
#[cfg(feature = "macros")]
mod macros;

#[doc(inline)]
pub use contextvars_core::{
    Change, Context, ContextExt, ContextVar, Diff, Guard, InContext, Iter, Kind, NoDefault, ResetError, SetError,
    Shown, Token, Value, Variable, WithDefault, bind, bind_fn, outside,
};
#[cfg(any(feature = "futures", feature = "hyper"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "futures", feature = "hyper"))))]
pub use integrations::Inherit;
#[cfg(feature = "baggage")]
#[cfg_attr(docsrs, doc(cfg(feature = "baggage")))]
pub use integrations::baggage;
#[cfg(feature = "log")]
#[cfg_attr(docsrs, doc(cfg(feature = "log")))]
pub use integrations::log;
#[doc(inline)]
pub use integrations::lost;
#[cfg(feature = "tokio")]
#[cfg_attr(docsrs, doc(cfg(feature = "tokio")))]
pub use integrations::tokio;
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub use integrations::tower;
#[cfg(feature = "tracing")]
#[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
pub use integrations::tracing;
#[cfg(feature = "macros")]
#[doc(inline)]
pub use macros::{context_var, with_context};

/// What the code that the macros emit calls. Not part of the public interface: it may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use contextvars_core::__private::*;
    #[cfg(feature = "macros")]
    pub use contextvars_macros::__bind;
}
