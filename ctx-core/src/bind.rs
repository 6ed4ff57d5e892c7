//! Bound closures: they carry the current context to another thread.

use crate::capture::Capture;

/// Binds `f` to the current context: whoever calls the result, on whatever thread, runs `f` in a copy of it.
///
/// Threads start empty; this is how values cross to `std::thread::spawn`, `spawn_blocking` or a pool. The context is
/// taken now, in O(1), and no scope around the later call applies to it. What `f` sets is gone when it returns.
///
/// It covers the call, and no future that `f` returns: whether there is one, a function can't know. For such a closure, for
/// one with arguments, and for an `async` block there is the macro of the same name, `bind!(..)`, which comes with the same
/// `use`.
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

/// Binds `f` to the current context for many calls, on many threads at once if `f` allows it.
///
/// Every call starts from the captured snapshot in a context of its own: calls don't see what others set. Like
/// [`bind`], it covers the call and no future that `f` returns; `bind!(..)` covers both.
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
