//! A token: what a variable was before it was written.

use super::Value;
use crate::current;
use crate::current::identity::Identity;
use crate::descriptor::DescriptorOf;
use crate::map::binding::BindingRef;
use std::fmt;

/// What a variable was before a `set` or `unset`, and in which context (PEP 567).
///
/// [`reset`](crate::ContextVar::reset) consumes it. It may be dropped: the value then stays until the context ends, which it
/// does with its task, call or scope. A token keeps the old value alive. It is 24 bytes.
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
    pub(super) variable: &'static DescriptorOf<T>,
    pub(super) context: Identity,
    pub(super) old: Option<BindingRef>,
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
        self.old.as_ref()?.view().value(self.variable)
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
        self.variable.name
    }

    /// Whether the token was made in the current context.
    #[inline]
    pub(super) fn belongs_here(&self) -> bool {
        current::identity_for_tokens(self.variable) == Some(self.context)
    }

    /// Takes the variable back to what it was, in the current context.
    ///
    /// By reference: the token was just written, one word at a time, and a move would load two words at once, and wait for
    /// both.
    #[inline]
    pub(super) fn put_back(&mut self) {
        current::replace(self.variable, &mut self.old);
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
        if let Some(mut token) = self.0.take().filter(Token::belongs_here) {
            token.put_back();
        }
    }
}

impl<T: Value> fmt::Debug for Guard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guard").field(&self.0.as_ref()).finish()
    }
}
