//! Writing a variable: `set` gives a token, `reset` takes it back.

use crate::binding::Shared;
use crate::current;
use crate::error::{ResetError, SetError};
use crate::info::InfoOf;
use crate::var::{ContextVar, Kind, Value};
use std::fmt;
use std::panic::Location;
use std::ptr;

/// What a variable was before a `set` or `unset`, and in which context (PEP 567).
///
/// [`reset`](ContextVar::reset) consumes it. It may be dropped: the value then stays until the context ends, which it
/// does with its task, call or scope. A token keeps the old value alive.
///
/// ```
/// use contextvars::{Context, context_var};
///
/// #[context_var]
/// static USER: &'static str;
///
/// Context::new().run(|| {
///     USER.set("alice");
///     let token = USER.set("root");
///     assert_eq!(token.old_value(), Some(&"alice"));
///     USER.reset(token).unwrap();
///     assert_eq!(USER.get(), Some("alice"));
/// });
/// ```
pub struct Token<T: Value> {
    info: &'static InfoOf<T>,
    context: u64,
    old: Option<Shared>,
}

impl<T: Value> Token<T> {
    /// The value that the variable had before, `None` if it was not bound.
    ///
    /// ```
    /// # use contextvars::{Context, context_var};
    /// #[context_var]
    /// static DEPTH: u32 = 0;
    ///
    /// Context::new().with(&DEPTH, 1).run(|| assert_eq!(DEPTH.set(2).old_value(), Some(&1)));
    /// ```
    #[must_use]
    pub fn old_value(&self) -> Option<&T> {
        self.old.as_ref()?.borrow().value(self.info)
    }

    /// Resets the variable when the guard is dropped (Python 3.14, `with var.set(..)`).
    ///
    /// The guard may be held across an `.await` and moved between threads with its future: it takes effect in the
    /// context that the token was made in, and in any other it changes nothing.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static DEPTH: u32 = 0;
    ///
    /// Context::new().run(|| {
    ///     {
    ///         let _guard = DEPTH.set(1).guard();
    ///         assert_eq!(DEPTH.get(), 1);
    ///     }
    ///     assert_eq!(DEPTH.get(), 0);
    /// });
    /// ```
    pub fn guard(self) -> Guard<T> {
        Guard(Some(self))
    }

    pub(crate) fn name(&self) -> &'static str {
        self.info.name
    }

    /// Rebinds the variable as it was, if the token belongs to the current context.
    fn reset(mut self) -> Result<(), ResetError<T>> {
        if current::identity(self.info) != Some(self.context) {
            return Err(ResetError::DifferentContext(self));
        }
        current::exchange(self.info, &mut self.old);
        Ok(())
    }
}

/// Names the variable, and shows no value.
impl<T: Value> fmt::Debug for Token<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("var", &self.name())
            .finish_non_exhaustive()
    }
}

/// Resets a variable when it is dropped. Made by [`Token::guard`].
///
/// ```
/// use contextvars::{Context, Guard, context_var};
///
/// #[context_var]
/// static TRACE: bool = false;
///
/// fn traced() -> Guard<bool> {
///     TRACE.set(true).guard()
/// }
///
/// Context::new().run(|| {
///     let guard = traced();
///     assert!(TRACE.get());
///     drop(guard);
///     assert!(!TRACE.get());
/// });
/// ```
#[must_use = "the variable is reset when the guard is dropped: bind it to a name, as in `let _guard = ..`"]
pub struct Guard<T: Value>(Option<Token<T>>);

impl<T: Value> Drop for Guard<T> {
    fn drop(&mut self) {
        // In another context there is nothing to reset.
        let _ = self.0.take().map(Token::reset);
    }
}

impl<T: Value> fmt::Debug for Guard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guard").field(&self.0.as_ref()).finish()
    }
}

impl<T: Value, D: Kind> ContextVar<T, D> {
    /// Binds the variable to `value` in the current context.
    ///
    /// What it was before is in the token: pass it to [`reset`](Self::reset), make it a [`guard`](Token::guard), or
    /// drop it and leave the value to the context's end.
    ///
    /// # Panics
    ///
    /// When no context is entered: a value set on a bare thread would leak into the next request there. A context is
    /// entered by functions and closures with `#[with_context]`, by `scope`, `sync_scope` and `in_context`, by
    /// [`Context::run`], by bound closures and by the layers for `tower`. What runs later than they do, as a callback or
    /// the body of a response, needs one of its own. [`try_set`](Self::try_set) returns the error instead.
    ///
    /// [`Context::run`]: crate::Context::run
    ///
    /// ```
    /// use contextvars::{context_var, with_context};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// #[with_context]
    /// async fn handle() -> Option<&'static str> {
    ///     USER.set("alice");
    ///     USER.get()
    /// }
    ///
    /// assert_eq!(futures::executor::block_on(handle()), Some("alice"));
    /// assert_eq!(USER.get(), None);
    /// ```
    #[track_caller]
    pub fn set(&'static self, value: T) -> Token<T> {
        match self.try_set(value) {
            Ok(token) => token,
            Err(error) => panic!("{error}"),
        }
    }

    /// Binds the variable to `value` in the current context, if one is entered.
    ///
    /// # Errors
    ///
    /// When no context is entered. The error gives the value back.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// assert_eq!(USER.try_set("alice").unwrap_err().into_value(), "alice");
    /// ```
    #[track_caller]
    pub fn try_set(&'static self, value: T) -> Result<Token<T>, SetError<T>> {
        self.try_set_at(value, Location::caller())
    }

    /// Like `try_set`, for code that knows a better place to show than its own.
    #[doc(hidden)]
    #[inline]
    pub fn try_set_at(&'static self, value: T, place: &'static Location<'static>) -> Result<Token<T>, SetError<T>> {
        if !current::is_entered() {
            return Err(SetError::new(self.name(), value));
        }
        let binding = Shared::new(self.info(), place, value);
        match self.rebind(Some(binding)) {
            Some(token) => Ok(token),
            None => unreachable!("no code ran that could leave the context"),
        }
    }

    /// Removes the variable's binding from the current context: it reads as its default, or as missing.
    ///
    /// # Panics
    ///
    /// When no context is entered, as [`set`](Self::set) does.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// let mut context = Context::new().with(&USER, "alice");
    /// context.run(|| USER.unset());
    /// assert!(context.is_empty());
    /// ```
    #[track_caller]
    pub fn unset(&'static self) -> Token<T> {
        match self.try_unset() {
            Ok(token) => token,
            Err(error) => panic!("{error}"),
        }
    }

    /// Removes the variable's binding from the current context, if one is entered.
    ///
    /// # Errors
    ///
    /// When no context is entered.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// assert!(USER.try_unset().is_err());
    /// ```
    pub fn try_unset(&'static self) -> Result<Token<T>, SetError<()>> {
        self.rebind(None).ok_or(SetError::new(self.name(), ()))
    }

    /// Takes the variable back to what the token remembers.
    ///
    /// # Errors
    ///
    /// When another variable made the token, or this one in another context. Each call of an annotated function, each
    /// scope and each `run` is a context of its own. The error gives the token back, and nothing has changed.
    ///
    /// ```
    /// use contextvars::{Context, ResetError, context_var};
    ///
    /// #[context_var]
    /// static A: u8 = 0;
    /// #[context_var]
    /// static B: u8 = 0;
    ///
    /// Context::new().run(|| {
    ///     let token = A.set(1);
    ///     let Err(ResetError::DifferentVariable(token)) = B.reset(token) else { panic!() };
    ///     A.reset(token).unwrap();
    ///     assert_eq!(A.get(), 0);
    /// });
    /// ```
    pub fn reset(&'static self, token: Token<T>) -> Result<(), ResetError<T>> {
        if ptr::eq(self.info(), token.info) {
            token.reset()
        } else {
            Err(ResetError::DifferentVariable(token))
        }
    }

    #[inline]
    fn rebind(&'static self, mut binding: Option<Shared>) -> Option<Token<T>> {
        let context = current::exchange(self.info(), &mut binding)?;
        Some(Token {
            info: self.info(),
            context,
            old: binding,
        })
    }
}
