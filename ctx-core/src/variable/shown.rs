//! A value whose type is not known, shown as its variable's options say.

use crate::descriptor::Descriptor;
use std::any::Any;
use std::fmt;

/// The value of a variable, for code that shows values of every type. Made by [`Variable::show`].
///
/// Its `Debug` is that of the value, or the name of its type where that has none, or `<redacted>`, as the variable's
/// options say.
///
/// [`Variable::show`]: crate::Variable::show
///
/// ```
/// use contextvars::{Variable, context_var};
///
/// #[context_var]
/// static USER: &'static str = "nobody";
/// #[context_var(redact)]
/// static PASSWORD: String = "hunter2".to_owned();
///
/// USER.show(&mut |value| {
///     let value = value.unwrap();
///     assert_eq!(format!("{value:?}"), "\"nobody\"");
///     assert_eq!(value.downcast_ref::<&str>(), Some(&"nobody"));
/// });
/// PASSWORD.show(&mut |value| {
///     let value = value.unwrap();
///     assert_eq!(format!("{value:?}"), "<redacted>");
///     assert_eq!(value.downcast_ref::<String>(), None);
/// });
/// ```
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    descriptor: &'a Descriptor,
    value: &'a dyn Any,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(descriptor: &'a Descriptor, value: &'a dyn Any) -> Self {
        Self { descriptor, value }
    }

    /// The value, if it is a `T` and may be shown: a redacted one never is.
    #[must_use]
    pub fn downcast_ref<T: 'static>(self) -> Option<&'a T> {
        if self.is_redacted() {
            return None;
        }
        self.value.downcast_ref()
    }

    /// Whether the variable is declared with `redact`.
    #[must_use]
    pub fn is_redacted(self) -> bool {
        self.descriptor.is_redacted
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.descriptor.show)(self.value, f)
    }
}
