//! A variable: its identity, and how its value is read.

// A method path is not general enough over the loan's lifetime.
#![allow(clippy::redundant_closure_for_method_calls)]

use crate::current;
use crate::default::{Lazy, ReadsItself};
use crate::info::{InfoOf, Reach};
use crate::show::Show;
use crate::shown::Shown;
use std::fmt;
use std::marker::PhantomData;

/// A context variable: a key to a value that belongs to the running context.
///
/// Declared with `#[context_var]`. `D` says whether the declaration has a default, and so what the accessors return: with
/// one ([`WithDefault`]) `get` gives a `T`, without ([`NoDefault`]) an `Option<T>`; no accessor panics because a value is
/// missing. Variables are told apart by their identity, never by name or type.
///
/// Reading takes the same time however many variables exist, up to the depth of the map (one level for 32 variables that
/// were first bound one after another, two for 1,000), takes no lock and writes nothing that another thread reads.
///
/// ```
/// use contextvars::{Context, context_var};
///
/// #[context_var]
/// pub static REQUEST_ID: String = "unknown".to_owned();
/// #[context_var]
/// pub static USER: &'static str;
///
/// assert_eq!(REQUEST_ID.get(), "unknown");
/// assert_eq!(USER.get(), None);
/// Context::new().run(|| {
///     USER.set("alice");
///     assert_eq!(USER.get(), Some("alice"));
/// });
/// ```
// The compiler shows the line of the bound where a type does not do: so it tells what to write.
pub struct ContextVar<
    T: Value, // hint: write `dyn Trait + Send + Sync`, keep a request's parts but not its body, `Arc` for `Rc`, `Mutex` for `Cell`
    D: Kind = NoDefault,
> {
    #[doc(hidden)]
    pub declared: Declared<T, D>,
}

/// What a variable is declared with.
///
/// Of any type, so that one that can't be a value is told once: where the variable is made of this.
pub struct Declared<T, D> {
    info: InfoOf<T>,
    default: Option<Lazy<T>>,
    kind: PhantomData<fn() -> D>,
}

/// The kind of a variable that is declared with a default.
///
/// ```
/// use contextvars::{ContextVar, WithDefault, context_var};
///
/// #[context_var]
/// static PORT: u16 = 80;
///
/// static ALIAS: &ContextVar<u16, WithDefault> = &PORT;
/// assert_eq!(ALIAS.get(), 80);
/// ```
#[derive(Debug)]
pub enum WithDefault {}

/// The kind of a variable that is declared without a default.
///
/// ```
/// use contextvars::{ContextVar, context_var};
///
/// #[context_var]
/// static SHARD: u16;
///
/// static ALIAS: &ContextVar<u16> = &SHARD; // that is, `ContextVar<u16, NoDefault>`
/// assert_eq!(ALIAS.get(), None);
/// ```
#[derive(Debug)]
pub enum NoDefault {}

/// [`WithDefault`] or [`NoDefault`]: for code that is generic over the kind of a variable.
///
/// ```
/// use contextvars::{ContextVar, Kind, context_var};
///
/// fn describe<D: Kind>(var: &'static ContextVar<u32, D>) -> String {
///     format!("{}={:?}", var.name(), var.try_get())
/// }
///
/// #[context_var]
/// static PORT: u32 = 80;
/// #[context_var]
/// static SHARD: u32;
///
/// assert_eq!((describe(&PORT), describe(&SHARD)), ("PORT=Some(80)".into(), "SHARD=None".into()));
/// ```
pub trait Kind: sealed::Sealed + 'static {}

impl Kind for WithDefault {}
impl Kind for NoDefault {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::WithDefault {}
    impl Sealed for super::NoDefault {}
}

/// What the value of a variable must be, since contexts cross threads: `Send + Sync + 'static`.
///
/// Implemented for all such types. Wrap a value that is large or not `Clone` in an `Arc`, and one that is `!Sync` in a
/// `Mutex`.
///
/// ```
/// use contextvars::{ContextVar, Value};
///
/// fn describe<T: Value + Clone + ToString>(var: &'static ContextVar<T>) -> String {
///     var.get().map_or_else(|| "nothing".to_owned(), |value| value.to_string())
/// }
///
/// # use contextvars::context_var;
/// #[context_var]
/// static PORT: u16;
///
/// assert_eq!(describe(&PORT), "nothing");
/// ```
pub trait Value: Send + Sync + 'static {}

impl<T: Send + Sync + 'static> Value for T {}

impl<T: 'static> Declared<T, NoDefault> {
    /// Without a default.
    #[must_use]
    pub const fn new(name: &'static str, show: Show<T>, reach: Reach) -> Self {
        Self {
            info: InfoOf::new(name, show, reach),
            default: None,
            kind: PhantomData,
        }
    }
}

impl<T: 'static> Declared<T, WithDefault> {
    /// With a default.
    #[must_use]
    pub const fn with_default(name: &'static str, show: Show<T>, reach: Reach, default: fn() -> T) -> Self {
        Self {
            info: InfoOf::new(name, show, reach),
            default: Some(Lazy::new(default)),
            kind: PhantomData,
        }
    }
}

impl<T, D> fmt::Debug for Declared<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Declared").finish_non_exhaustive()
    }
}

impl<T: Value, D: Kind> ContextVar<T, D> {
    /// The identifier that the variable was declared with.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static TENANT: u32;
    ///
    /// assert_eq!(TENANT.name(), "TENANT");
    /// ```
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.declared.info.name()
    }

    /// Whether the variable is bound in the current context. A default does not count.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static TENANT: u32 = 1;
    ///
    /// assert!(!TENANT.is_set());
    /// assert!(TENANT.sync_scope(2, || TENANT.is_set()));
    /// ```
    #[inline]
    #[must_use]
    pub fn is_set(&'static self) -> bool {
        current::lend(&self.declared.info, (), |(), _| true, |()| false)
    }

    /// A clone of the value that is bound, else of the default, else `None`.
    ///
    /// For code that is generic over the [`Kind`] of a variable; else `get` says it better.
    ///
    /// # Panics
    ///
    /// When the default reads the variable itself. The message names the variable.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static TENANT: u32 = 1;
    ///
    /// assert_eq!(TENANT.try_get(), Some(1));
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn try_get(&'static self) -> Option<T>
    where
        T: Clone,
    {
        self.try_with(|value| value.cloned())
    }

    /// Calls `f` with the value that is bound, else with the default, else with `None`.
    ///
    /// For code that is generic over the [`Kind`] of a variable; else `with` says it better.
    ///
    /// # Panics
    ///
    /// When the default reads the variable itself. The message names the variable.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static PATH: String;
    ///
    /// assert_eq!(PATH.try_with(|path| path.map(String::len)), None);
    /// ```
    #[inline]
    #[track_caller]
    pub fn try_with<R>(&'static self, f: impl FnOnce(Option<&T>) -> R) -> R {
        current::lend(&self.declared.info, f, |f, value| f(Some(value)), |f| f(self.default()))
    }

    /// Like `try_with`, but a default that this thread is evaluating counts as none.
    pub(crate) fn show_with<R>(&'static self, f: impl FnOnce(Option<&T>) -> R) -> R {
        let default = || self.declared.default.as_ref().and_then(|default| default.get().ok());
        current::lend(&self.declared.info, f, |f, value| f(Some(value)), |f| f(default()))
    }

    #[inline]
    #[track_caller]
    fn default(&'static self) -> Option<&'static T> {
        match self.evaluated() {
            Some(value) => Some(value),
            None => self.declared.default.as_ref().map(|default| self.evaluate(default)),
        }
    }

    /// The default, if it was needed before.
    #[inline]
    fn evaluated(&'static self) -> Option<&'static T> {
        self.declared.default.as_ref()?.evaluated()
    }

    #[cold]
    #[track_caller]
    fn evaluate(&'static self, default: &'static Lazy<T>) -> &'static T {
        match default.get() {
            Ok(value) => value,
            Err(ReadsItself) => panic!("the default of context variable `{0}` reads `{0}` itself", self.name()),
        }
    }

    pub(crate) fn info(&'static self) -> &'static InfoOf<T> {
        &self.declared.info
    }
}

impl<T: Value> ContextVar<T, WithDefault> {
    /// Calls `f` with the default, which is evaluated if it was not needed before.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn with_default<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
        f(self.default().expect("a `WithDefault` variable is made with a default"))
    }

    /// A clone of the value that is bound in the current context, else of the default.
    ///
    /// The default is evaluated when it is first needed, outside every lock and every context: it can't depend on the
    /// request that happened to need it first. If several threads need it at once each may evaluate it, and one result
    /// stays. After a panic the next read tries again.
    ///
    /// # Panics
    ///
    /// When the default reads the variable itself. The message names the variable.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static LANGUAGE: String = "en".to_owned();
    ///
    /// assert_eq!(LANGUAGE.get(), "en");
    /// assert_eq!(LANGUAGE.sync_scope("cs".to_owned(), || LANGUAGE.get()), "cs");
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn get(&'static self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Calls `f` with the value that is bound in the current context, else with the default, without a clone.
    ///
    /// `f` may do what it likes, set this variable too: the value that was lent to it stays until `f` returns.
    ///
    /// # Panics
    ///
    /// When the default reads the variable itself. The message names the variable.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static LANGUAGE: String = "en".to_owned();
    ///
    /// assert!(LANGUAGE.with(|language| language.starts_with("en")));
    /// ```
    #[inline]
    #[track_caller]
    pub fn with<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
        current::lend(
            &self.declared.info,
            f,
            |f, value| f(value),
            |f| match self.evaluated() {
                Some(value) => f(value),
                None => self.with_default(f),
            },
        )
    }
}

impl<T: Value> ContextVar<T, NoDefault> {
    /// A clone of the value that is bound in the current context, if any.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// assert_eq!(USER.get(), None);
    /// assert_eq!(USER.sync_scope("alice", || USER.get()), Some("alice"));
    /// ```
    #[inline]
    #[must_use]
    pub fn get(&'static self) -> Option<T>
    where
        T: Clone,
    {
        self.with(|value| value.cloned())
    }

    /// Calls `f` with the value that is bound in the current context, if any, without a clone.
    ///
    /// `f` may do what it likes, set this variable too: the value that was lent to it stays until `f` returns.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static USER: String;
    ///
    /// assert!(!USER.with(|user| user.is_some_and(|user| user == "root")));
    /// ```
    #[inline]
    pub fn with<R>(&'static self, f: impl FnOnce(Option<&T>) -> R) -> R {
        current::lend(&self.declared.info, f, |f, value| f(Some(value)), |f| f(None))
    }
}

/// The name, the default, and whether the variable is local; never the current value.
impl<T: Value, D: Kind> fmt::Debug for ContextVar<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ContextVar");
        shown.field("name", &self.declared.info.name);
        if self.declared.info.is_local {
            shown.field("local", &true);
        }
        if let Some(default) = &self.declared.default {
            match (default.get(), default.begin_to_show()) {
                (Ok(value), Some(_)) => shown.field("default", &Shown::new(&self.declared.info, value)),
                (Ok(_), None) => shown.field("default", &format_args!("<being shown>")),
                (Err(ReadsItself), _) => shown.field("default", &format_args!("<being evaluated>")),
            };
        }
        shown.finish_non_exhaustive()
    }
}
