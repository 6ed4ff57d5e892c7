//! How `Debug` shows the values of a variable: the value, the name of its type, or `<redacted>`.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

/// Shows a value, which is of the variable's type.
pub(crate) type ShowFn = fn(&dyn Any, &mut fmt::Formatter<'_>) -> fmt::Result;

/// How `Debug` shows the values of a variable of type `T`.
///
/// `Show::<T>::VALUE` is an inherent constant where `T: Debug`, and else that of [`NoDebug`].
pub struct Show<T> {
    pub(crate) by: ShowFn,
    pub(crate) is_redacted: bool,
    of: PhantomData<fn(&T)>,
}

impl<T> Copy for Show<T> {}

impl<T> Clone for Show<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Show<T> {
    const fn new(by: ShowFn) -> Self {
        Self {
            by,
            is_redacted: false,
            of: PhantomData,
        }
    }
}

impl<T: fmt::Debug + 'static> Show<T> {
    /// Shows the value.
    pub const VALUE: Self = Self::new(|value, f| match value.downcast_ref::<T>() {
        Some(value) => value.fmt(f),
        None => type_name::<T>(f),
    });
}

impl<T> Show<T> {
    /// Shows that there is a value, and nothing of it.
    pub const REDACTED: Self = Self {
        is_redacted: true,
        ..Self::new(|_, f| f.write_str("<redacted>"))
    };
}

/// How values without `Debug` are shown: by the name of their type.
pub trait NoDebug: Sized {
    /// Shows the type's name.
    const VALUE: Self;
}

impl<T> NoDebug for Show<T> {
    const VALUE: Self = Self::new(|_, f| type_name::<T>(f));
}

fn type_name<T>(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<{}>", std::any::type_name::<T>())
}

impl<T> fmt::Debug for Show<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Show")
    }
}
