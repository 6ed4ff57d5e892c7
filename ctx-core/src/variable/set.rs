//! How a variable is written: `set` gives a token, `reset` takes it back.

use super::error::{ResetError, SetError};
use super::lost;
use super::token::Token;
use super::{ContextVar, Kind, Value};
use crate::current;
use crate::map::binding::BindingRef;
use std::panic::Location;
use std::ptr;

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
            lost::refused(self.descriptor(), place);
            return Err(SetError::new(self.name(), value));
        }
        let binding = BindingRef::new(self.descriptor(), place, value);
        match self.replace(Some(binding)) {
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
    #[track_caller]
    pub fn try_unset(&'static self) -> Result<Token<T>, SetError<()>> {
        let place = Location::caller();
        self.replace(None).ok_or_else(|| {
            lost::refused(self.descriptor(), place);
            SetError::new(self.name(), ())
        })
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
    #[inline]
    #[track_caller]
    pub fn reset(&'static self, mut token: Token<T>) -> Result<(), ResetError<T>> {
        if ptr::eq(self.descriptor(), token.variable) && token.belongs_here() {
            token.put_back();
            return Ok(());
        }
        self.refuse(token, Location::caller())
    }

    /// Out of line, so that the token is not moved where it is accepted: see [`Token::put_back`].
    #[cold]
    #[inline(never)]
    fn refuse(&'static self, token: Token<T>, place: &'static Location<'static>) -> Result<(), ResetError<T>> {
        if !ptr::eq(self.descriptor(), token.variable) {
            return Err(ResetError::DifferentVariable(token));
        }
        lost::refused(self.descriptor(), place);
        Err(ResetError::DifferentContext(token))
    }

    #[inline]
    fn replace(&'static self, mut binding: Option<BindingRef>) -> Option<Token<T>> {
        let context = current::replace(self.descriptor(), &mut binding)?;
        Some(Token {
            variable: self.descriptor(),
            context,
            old: binding,
        })
    }
}
