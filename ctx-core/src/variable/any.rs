//! A variable whose type is not known, for code that shows variables: loggers, debuggers.

use super::shown::Shown;
use super::{ContextVar, Kind, Value};
use std::fmt;

/// A variable of whatever type and kind: loggers and the like hold it as `&'static dyn Variable`.
///
/// Every [`ContextVar`] is one, and nothing else.
///
/// ```
/// use contextvars::{Variable, context_var};
///
/// #[context_var]
/// static USER: String;
/// #[context_var]
/// static ATTEMPT: u32 = 1;
///
/// let mut line = String::new();
/// let shown: [&'static dyn Variable; 2] = [&USER, &ATTEMPT];
/// for var in shown {
///     var.show(&mut |value| {
///         if let Some(value) = value {
///             line += &format!("{}={value:?} ", var.name());
///         }
///     });
/// }
/// assert_eq!(line, "ATTEMPT=1 ");
/// ```
pub trait Variable: sealed::Sealed + fmt::Debug + Sync {
    /// The identifier that the variable was declared with.
    fn name(&self) -> &'static str;

    /// Calls `f` once with the value that is bound in the current context, else with the default, else with `None`.
    ///
    /// `None` as well while this thread is evaluating the default: what that logs can't show it yet.
    fn show(&'static self, f: &mut dyn FnMut(Option<Shown<'_>>));
}

impl<T: Value, D: Kind> Variable for ContextVar<T, D> {
    fn name(&self) -> &'static str {
        self.name()
    }

    fn show(&'static self, f: &mut dyn FnMut(Option<Shown<'_>>)) {
        self.show_with(|value| f(value.map(|value| Shown::new(self.descriptor(), value))));
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T: super::Value, D: super::Kind> Sealed for super::ContextVar<T, D> {}
}
