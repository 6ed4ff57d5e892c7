//! What a hook is told.

use crate::descriptor::Descriptor;
use crate::variable::{ContextVar, Kind, Value};
use std::fmt;
use std::panic::Location;
use std::ptr;
use std::thread::Thread;

/// A variable was used where its context is lost: which one, how, and where.
///
/// It has the name of the variable and not the variable itself, so that a read compiles to no more code than it needs. Ask
/// [`is_of`](Self::is_of) for one that you know.
///
/// Its `Display` is a sentence:
///
/// ```
/// use contextvars::{context_var, lost};
///
/// #[context_var]
/// static USER: &'static str = "nobody";
///
/// let watch = lost::Watch::this_thread();
/// let _ = USER.get();
/// let seen = watch.reports();
/// let text = seen[0].report().to_string();
/// assert!(text.starts_with("context variable `USER` was read at "));
/// assert!(text.ends_with(", where no context is entered: its default was read"));
/// ```
#[derive(Clone)]
pub struct Report {
    pub(super) variable: &'static Descriptor,
    pub(super) attempt: Attempt,
    pub(super) place: &'static Location<'static>,
    pub(super) is_in_context: bool,
    pub(super) thread: Thread,
}

/// What was tried.
///
/// Its `Display` says it in words, as the table of [`Watch::assert_none`](crate::lost::Watch::assert_none) does.
///
/// ```
/// use contextvars::lost::Attempt;
///
/// assert_eq!(Attempt::Read.to_string(), "read, no value");
/// assert_eq!(Attempt::ReadDefault.to_string(), "read, its default");
/// assert_eq!(Attempt::Write.to_string(), "write, refused");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Attempt {
    /// A read of a variable without a default. It found nothing.
    Read,
    /// A read of a variable with a default. It found the default.
    ReadDefault,
    /// A write: `set`, `unset`, `reset` or a `try_` form of these. It was refused.
    Write,
}

impl Report {
    /// The identifier that the variable was declared with.
    ///
    /// ```
    /// # use contextvars::{context_var, lost};
    /// # #[context_var]
    /// # static USER: u8;
    /// # let watch = lost::Watch::this_thread();
    /// # let _ = USER.get();
    /// assert_eq!(watch.reports()[0].report().variable(), "USER");
    /// ```
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.variable.name
    }

    /// Whether the report is of this variable. Other crates may have variables of the same name.
    ///
    /// ```
    /// use contextvars::{context_var, lost};
    /// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    ///
    /// #[context_var]
    /// static USER: u8;
    /// #[context_var]
    /// static PORT: u16 = 80;
    ///
    /// static LOST: AtomicU32 = AtomicU32::new(0);
    /// let hook = lost::on(|report| {
    ///     if report.is_of(&USER) {
    ///         LOST.fetch_add(1, Relaxed);
    ///     }
    /// });
    /// let _ = (USER.get(), PORT.get());
    /// assert_eq!(LOST.load(Relaxed), 1);
    /// # drop(hook);
    /// ```
    #[must_use]
    pub fn is_of<T: Value, D: Kind>(&self, var: &'static ContextVar<T, D>) -> bool {
        let descriptor: &Descriptor = var.descriptor();
        ptr::eq(self.variable, descriptor)
    }

    /// What was tried.
    ///
    /// ```
    /// # use contextvars::{context_var, lost};
    /// # #[context_var]
    /// # static USER: u8;
    /// # let watch = lost::Watch::this_thread();
    /// # let _ = USER.get();
    /// assert_eq!(watch.reports()[0].report().attempt(), lost::Attempt::Read);
    /// ```
    #[must_use]
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// The line that called `get`, `with`, `set` and the like. A function that is `#[track_caller]` passes on its own
    /// caller's.
    ///
    /// ```
    /// # use contextvars::{context_var, lost};
    /// # #[context_var]
    /// # static USER: u8;
    /// # let watch = lost::Watch::this_thread();
    /// let _ = USER.get();
    /// assert_eq!(watch.reports()[0].report().place().line(), line!() - 1);
    /// ```
    #[must_use]
    pub fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Whether a context is entered. It then lacks a variable that is declared with `required`.
    ///
    /// ```
    /// use contextvars::{Context, context_var, lost};
    ///
    /// #[context_var(required)]
    /// static USER: &'static str;
    ///
    /// let watch = lost::Watch::this_thread();
    /// Context::new().run(|| USER.get());
    /// assert!(watch.reports()[0].report().is_in_context());
    /// ```
    #[must_use]
    pub fn is_in_context(&self) -> bool {
        self.is_in_context
    }

    /// The thread that used the variable.
    ///
    /// ```
    /// # use contextvars::{context_var, lost};
    /// # #[context_var]
    /// # static USER: u8;
    /// # let watch = lost::Watch::this_thread();
    /// # let _ = USER.get();
    /// assert_eq!(watch.reports()[0].report().thread().id(), std::thread::current().id());
    /// ```
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, outcome) = match self.attempt {
            Attempt::Read => ("read", "it has no value"),
            Attempt::ReadDefault => ("read", "its default was read"),
            Attempt::Write => ("written", "the write was refused"),
        };
        let here = if self.is_in_context {
            "it is required and not bound"
        } else {
            "no context is entered"
        };
        let (name, place) = (self.variable.name, self.place);
        write!(
            f,
            "context variable `{name}` was {done} at {place}, where {here}: {outcome}"
        )
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("var", &self.variable.name)
            .field("attempt", &self.attempt)
            .field("place", &format_args!("{}", self.place))
            .field("is_in_context", &self.is_in_context)
            .field("thread", &self.thread.name())
            .finish()
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Read => "read, no value",
            Self::ReadDefault => "read, its default",
            Self::Write => "write, refused",
        })
    }
}
