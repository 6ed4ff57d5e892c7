//! The calls that read a variable: what is bound in the current context, else the default. What they cost is decided in
//! `current::read` and [`Map::find_in_first`](crate::map::Map::find_in_first).

// A method path is not general enough over the loan's lifetime.
#![allow(clippy::redundant_closure_for_method_calls)]

use super::default::{Lazy, ReadsItself};
use super::lost;
use super::{ContextVar, Kind, NoDefault, Value, WithDefault};
use crate::current;
use crate::descriptor::DescriptorOf;
use std::panic::Location;

impl<T: Value, D: Kind> current::Readable<T> for ContextVar<T, D> {
    #[inline]
    fn descriptor(&'static self) -> &'static DescriptorOf<T> {
        &self.declared.descriptor
    }
}

impl<T: Value, D: Kind> ContextVar<T, D> {
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
        current::lend::<false, _, _, _, _>(self, (), |(), _| true, |_, (), _| false)
    }

    /// A clone of the value that is bound, else of the default, else `None`.
    ///
    /// For code that is generic over the [`Kind`] of a variable. Other code calls `get`.
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
    /// For code that is generic over the [`Kind`] of a variable. Other code calls `with`.
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
        let place = Location::caller();
        current::lend::<true, _, _, _, _>(
            self,
            f,
            |f, value| f(Some(value)),
            |var, f, is_reported| {
                if is_reported {
                    lost::found_nothing(var.descriptor(), var.declared.default.is_some(), place);
                }
                f(var.default())
            },
        )
    }

    /// Calls `f` with the value that is bound, for code that sends values elsewhere: a default is none of them. `place`
    /// is what is reported where no context is entered.
    #[doc(hidden)]
    #[inline]
    pub fn with_bound_at<R>(&'static self, place: &'static Location<'static>, f: impl FnOnce(&T) -> R) -> Option<R> {
        current::lend::<true, _, _, _, _>(
            self,
            f,
            |f, value| Some(f(value)),
            |var, _, is_reported| {
                if is_reported {
                    lost::found_nothing(var.descriptor(), false, place);
                }
                None
            },
        )
    }

    /// Like `try_with`, but a default that this thread is evaluating counts as none, and nothing is reported as lost.
    pub(crate) fn show_with<R>(&'static self, f: impl FnOnce(Option<&T>) -> R) -> R {
        let default = || self.declared.default.as_ref().and_then(|default| default.get().ok());
        current::lend::<false, _, _, _, _>(self, f, |f, value| f(Some(value)), |_, f, _| f(default()))
    }

    #[inline]
    #[track_caller]
    fn default(&'static self) -> Option<&'static T> {
        match self.evaluated() {
            Some(value) => Some(value),
            None => self.declared.default.as_ref().map(|default| self.evaluate(default)),
        }
    }

    /// The default, if it was evaluated before.
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
    /// `f` may do what it likes, also set this variable: the value that was lent to it stays until `f` returns.
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
        let place = Location::caller();
        current::lend::<true, _, _, _, _>(
            self,
            f,
            |f, value| f(value),
            |var, f, is_reported| {
                if is_reported {
                    lost::found_nothing(var.descriptor(), true, place);
                }
                match var.evaluated() {
                    Some(value) => f(value),
                    None => var.with_default(f),
                }
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
    #[track_caller]
    pub fn get(&'static self) -> Option<T>
    where
        T: Clone,
    {
        self.with(|value| value.cloned())
    }

    /// Calls `f` with the value that is bound in the current context, if any, without a clone.
    ///
    /// `f` may do what it likes, also set this variable: the value that was lent to it stays until `f` returns.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static USER: String;
    ///
    /// assert!(!USER.with(|user| user.is_some_and(|user| user == "root")));
    /// ```
    #[inline]
    #[track_caller]
    pub fn with<R>(&'static self, f: impl FnOnce(Option<&T>) -> R) -> R {
        let place = Location::caller();
        current::lend::<true, _, _, _, _>(
            self,
            f,
            |f, value| f(Some(value)),
            |var, f, is_reported| {
                if is_reported {
                    lost::found_nothing(var.descriptor(), false, place);
                }
                f(None)
            },
        )
    }
}
