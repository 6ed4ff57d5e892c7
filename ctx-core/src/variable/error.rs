//! The errors of writing a variable. Each hands back what the call was given.

use super::Value;
use super::token::Token;
use std::error::Error;
use std::fmt;

/// The error of `try_set` and `try_unset`: no context is entered, so nobody would take the value back.
///
/// A value that was set all the same would stay on the thread for whatever request runs there next.
///
/// ```
/// use contextvars::context_var;
///
/// #[context_var]
/// static USER: String;
///
/// let error = USER.try_set("alice".to_owned()).unwrap_err();
/// assert!(error.to_string().contains("`USER`"));
/// assert_eq!(error.into_value(), "alice");
/// ```
pub struct SetError<T> {
    name: &'static str,
    value: T,
}

impl<T> SetError<T> {
    pub(crate) fn new(name: &'static str, value: T) -> Self {
        Self { name, value }
    }

    /// The value that was not set.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static USER: String;
    ///
    /// let user = USER.try_set("alice".to_owned()).unwrap_err().into_value();
    /// assert_eq!(user, "alice");
    /// ```
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> fmt::Display for SetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "context variable `{name}` was written where no context is entered: put `#[with_context]` on the function \
             that the task runs, or write it inside `{name}.scope(..)`, `{name}.sync_scope(..)` or `Context::run`. A \
             callback takes `bind!(..)` or the attribute on its closure, a tower service a `ContextLayer` around it, and \
             a response's body, which is polled when the service is done, a `tower::BodyLayer` below that",
            name = self.name,
        )
    }
}

impl<T> fmt::Debug for SetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetError")
            .field("var", &self.name)
            .finish_non_exhaustive()
    }
}

impl<T> Error for SetError<T> {}

/// The error of `reset`: the token is not one that this variable gave out in this context.
///
/// ```
/// use contextvars::{Context, ResetError, context_var};
///
/// #[context_var]
/// static USER: &'static str;
///
/// let token = Context::new().run(|| USER.set("alice"));
/// match Context::new().run(|| USER.reset(token)) {
///     Err(ResetError::DifferentContext(token)) => assert_eq!(token.old_value(), None),
///     other => panic!("{other:?}"),
/// }
/// ```
pub enum ResetError<T: Value> {
    /// The token was made by another variable.
    DifferentVariable(Token<T>),
    /// The token was made in another context: in another call, scope or task, or in one that has ended.
    DifferentContext(Token<T>),
}

impl<T: Value> ResetError<T> {
    /// The token, as good as before.
    ///
    /// ```
    /// # use contextvars::{Context, context_var};
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// Context::new().run(|| {
    ///     let token = USER.set("alice");
    ///     let token = Context::new().run(|| USER.reset(token)).unwrap_err().into_token();
    ///     USER.reset(token).unwrap();
    ///     assert_eq!(USER.get(), None);
    /// });
    /// ```
    #[must_use]
    pub fn into_token(self) -> Token<T> {
        match self {
            Self::DifferentVariable(token) | Self::DifferentContext(token) => token,
        }
    }
}

impl<T: Value> fmt::Display for ResetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DifferentVariable(token) => {
                write!(f, "the token was made by a different variable, `{}`", token.name())
            }
            Self::DifferentContext(token) => {
                write!(
                    f,
                    "the token of `{}` was made in a different context: each task, scope and call of an annotated function \
                 has its own",
                    token.name(),
                )
            }
        }
    }
}

impl<T: Value> fmt::Debug for ResetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DifferentVariable(token) => f.debug_tuple("DifferentVariable").field(token).finish(),
            Self::DifferentContext(token) => f.debug_tuple("DifferentContext").field(token).finish(),
        }
    }
}

impl<T: Value> Error for ResetError<T> {}
