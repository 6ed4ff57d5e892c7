//! The macros. `contextvars-macros` documents the two attributes; the examples here are added to its text.

/// ```
/// use contextvars::context_var;
/// use std::sync::Arc;
///
/// #[derive(Debug)]
/// pub struct Account {
///     pub name: &'static str,
/// }
///
/// /// With a default: any expression. It is evaluated when it is first needed.
/// #[context_var]
/// pub static REQUEST_ID: String = "unknown".to_owned();
///
/// /// Without a default: `get` returns an `Option`.
/// #[context_var]
/// pub static ACCOUNT: Arc<Account>;
///
/// /// `Debug` of contexts shows `<redacted>`.
/// #[context_var(redact)]
/// static PASSWORD: String;
///
/// /// Stays with the task: spawned tasks, snapshots and bound closures don't inherit it.
/// #[context_var(local)]
/// static DEPTH: u32 = 0;
///
/// /// Every request has one: where it is not bound, a read is reported to `lost::Watch` and the like.
/// #[context_var(required)]
/// static TENANT: u32;
///
/// let watch = contextvars::lost::Watch::this_thread();
/// assert_eq!(contextvars::Context::new().run(|| TENANT.get()), None);
/// assert_eq!(watch.reports().len(), 1);
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
///     /// Sets variables first; the expressions may use the parameters.
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
/// /// For use above a macro that copies attributes or moves bodies, as those of `mockall` do: `in_place` is expanded before
/// /// that macro. An `async fn` then captures at its first poll, not at the call.
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
/// assert_eq!(USER.scope("bob", service.call_detached()).await, (None, 0)); // no scope applies to it
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
/// The macro captures the context where it is evaluated, in any function, annotated or not. Each call and each poll
/// runs in that context, on whatever thread and in whatever task. So write it around a callback, not inside of it.
/// `#[with_context]` on a closure or a block does the same, but works inside an annotated function alone, and not in
/// the input of a macro. Use `bind!` for callbacks that a library calls later, and for tasks:
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
/// - The closure may have any number of arguments, and may be `async`. Every call starts from the captured context, in
///   a context of its own: it does not see what other calls set, and no scope around it applies to it.
/// - **If the closure returns a future, the future runs in the context of the call** that made it. A boxed future is
///   boxed again and keeps its type; any other becomes an [`InContext`](crate::InContext).
/// - The compiler refuses a result of which it does not know whether it is a future, as one of a type parameter: write
///   the return type. It refuses a future in a `Result` or an `Option` too. With the return type written, a boxed one
///   runs in the context, and any other is left as it is.
/// - `move` is not needed: the closure is moved into the bound one as a whole, and keeps its captures. With `move` the
///   compiler infers the types of the arguments from where the closure is passed; without, you may have to write them.
/// - A name, `bind!(chat)`, is refused: write the call.
///
/// A call costs what a call of an annotated function costs. A future that it returns costs one more allocation if the
/// closure has set or captured something before, and a boxed future another one for its box.
///
/// `use contextvars::bind` imports the function [`bind`](fn@crate::bind) too. It takes a closure *value*, and a future
/// that the closure returns does not run in the context.
#[cfg(feature = "macros")]
#[macro_export]
macro_rules! bind {
    ($($what:tt)*) => {
        $crate::__private::__bind! { ($crate) $($what)* }
    };
}
