//! Bound closures: they carry the current context to another thread.

use crate::future::capture::Capture;

/// Binds a call of `f` to the current context, and no future that `f` may return: for that there is `bind!`.
///
/// Whoever calls the result, on whatever thread, runs `f` in a copy of the context. Whether it returns a future, a function
/// can't know; the macro of the same name, which comes with the same `use`, can: write `bind!(..)` for such a closure, for
/// one with arguments, and for an `async` block.
///
/// Threads start empty; this is how values cross to `std::thread::spawn`, `spawn_blocking` or a pool. The context is
/// taken now, in O(1), and no scope around the later call applies to it. What `f` sets is gone when it returns.
///
/// ```
/// use contextvars::{bind, context_var};
///
/// #[context_var]
/// static USER: &'static str;
///
/// let thread = USER.sync_scope("alice", || std::thread::spawn(bind(|| USER.get())));
/// assert_eq!(thread.join().unwrap(), Some("alice"));
/// ```
#[must_use = "the closure is bound, not called"]
pub fn bind<F: FnOnce() -> R, R>(f: F) -> impl FnOnce() -> R + use<F, R> {
    let capture = Capture::here().bound();
    move || capture.call(f)
}

/// Binds many calls of `f` to the current context, and no future that `f` may return: for that there is `bind!`.
///
/// Every call starts from the captured snapshot in a context of its own: calls don't see what others set. They may be made
/// on many threads at once if `f` allows it. `bind!(..)`, the macro, covers the futures of closures too.
///
/// ```
/// use contextvars::{bind_fn, context_var};
///
/// #[context_var]
/// static COUNT: u32 = 0;
///
/// let count = COUNT.sync_scope(5, || {
///     bind_fn(|| {
///         COUNT.set(COUNT.get() + 1);
///         COUNT.get()
///     })
/// });
/// assert_eq!((count(), count()), (6, 6));
/// ```
#[must_use = "the closure is bound, not called"]
pub fn bind_fn<F: Fn() -> R, R>(f: F) -> impl Fn() -> R + use<F, R> {
    let capture = Capture::here().bound();
    move || capture.clone().call(&f)
}
