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
///   made it. A boxed future is boxed again and stays of its type, any other becomes an [`InContext`](crate::InContext). Where it can't be
///   known whether the result is a future, such as that of a type parameter, it is refused: write the result's type. So is
///   a future in a `Result` or an `Option`: with the type written, a boxed one is covered, and any other left as it is.
/// - No `move` need be written: the closure is moved into the bound one, and its captures stay what they are. With `move`
///   the compiler finds the types of arguments where the closure is passed to; without it may ask for them.
/// - A name, `bind!(chat)`, is refused: write the call.
///
/// A call costs what a call of an annotated function costs; a future that it returns one allocation more if the closure has
/// set or captured something before, and a boxed one another for its box.
///
/// The function [`bind`](fn@crate::bind) of the same name comes with the same `use`: it takes a closure *value*, which it covers for
/// the call alone.
#[cfg(feature = "macros")]
#[macro_export]
macro_rules! bind {
    ($($what:tt)*) => {
        $crate::__private::__bind! { ($crate) $($what)* }
    };
}
