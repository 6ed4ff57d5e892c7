//! What a kind of ambient state is.

/// State that a thread keeps for another crate, and that can be captured, and entered on another thread.
///
/// [`carry`](crate::carry) makes every capture take it along. A few lines make one: a tracing span, an opentelemetry
/// context (both come with a feature), a Sentry hub, a locale, a logger's diagnostic context. The counterparts in other
/// languages are Micrometer's `ThreadLocalAccessor`, Kotlin's `ThreadContextElement` and `MicroProfile`'s `ThreadContext`.
///
/// What was captured is entered only where the thread has none of its kind. So a future that was given a span of its own,
/// and a job that runs under its worker's span, keep that. And so [`exit`](Self::exit) need not put anything back: before,
/// there was nothing.
///
/// Around each poll, call and drop of what was captured, on one thread: [`is_present`](Self::is_present); if it is not,
/// [`enter`](Self::enter), the poll, `exit`. Several kinds are entered in the order in which they were registered, and
/// exited in the opposite one. All run inside the future's context, and may read and set variables. What they capture or
/// poll themselves carries nothing.
///
/// A call may panic, and then must have changed nothing: the poll, call or drop around it panics, and the thread and the
/// context are as before. A panic of `capture` goes on at the first poll or call. In a drop the future is dropped all the
/// same. A future may be dropped while its thread ends, so ask a thread-local that has a destructor by `try_with`.
///
/// ```
/// use contextvars::{Ambient, ContextExt};
/// use std::cell::Cell;
///
/// thread_local! {
///     static LOCALE: Cell<Option<&'static str>> = const { Cell::new(None) };
/// }
///
/// struct Locale(&'static str);
///
/// impl Ambient for Locale {
///     fn capture() -> Option<Self> {
///         LOCALE.get().map(Locale)
///     }
///
///     fn is_present() -> bool {
///         LOCALE.get().is_some()
///     }
///
///     fn enter(&self) {
///         LOCALE.set(Some(self.0));
///     }
///
///     fn exit(&self) {
///         LOCALE.set(None);
///     }
/// }
///
/// contextvars::carry::<Locale>(); // once, in `main`
///
/// LOCALE.set(Some("cs"));
/// let greeting = async { LOCALE.get() }.in_current_context();
/// LOCALE.set(None);
/// assert_eq!(futures::executor::block_on(greeting), Some("cs"));
/// ```
pub trait Ambient: Sized + Send + Sync + 'static {
    /// What this thread has, or `None` if it has nothing.
    fn capture() -> Option<Self>;

    /// Whether this thread has something of this kind.
    fn is_present() -> bool;

    /// Gives this thread, which has nothing of this kind, what was captured.
    fn enter(&self);

    /// Takes it away again, on the same thread.
    fn exit(&self);
}
