//! A binding: a value, the variable that it belongs to, and the place where it was set.

use crate::map::Map;
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// The bindings of one context.
pub(crate) type Bindings = Map<Shared>;

/// What is known of a variable without its type.
pub(crate) struct Info {
    pub(crate) name: &'static str,
    pub(crate) show: ShowFn,
}

pub(crate) type ShowFn = fn(&dyn Any, &mut fmt::Formatter<'_>) -> fmt::Result;

/// A value in the map.
pub(crate) struct Binding<T: ?Sized = dyn Any + Send + Sync> {
    pub(crate) info: &'static Info,
    pub(crate) place: &'static Location<'static>,
    value: T,
}

impl Binding {
    /// The value, whose type follows from the variable: only `ContextVar<T>` makes bindings for its key.
    pub(crate) fn value<T: 'static>(&self) -> &T {
        self.value.downcast_ref().expect("a binding has its variable's type")
    }
}

/// A handle to a binding: contexts, tokens and loans share it, and the last of them frees the value.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Binding>);

impl Shared {
    pub(crate) fn new<T>(info: &'static Info, place: &'static Location<'static>, value: T) -> Self
    where
        T: Send + Sync + 'static,
    {
        Self(Arc::new(Binding { info, place, value }))
    }

    /// Whether both are handles to one binding.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn as_ptr(&self) -> *const Binding {
        Arc::as_ptr(&self.0)
    }
}

// A binding is lent by shared reference alone, and no user code runs while bindings are moved about: what a panic can
// leave half done is inside the value, where its own type decides what that means for its readers.
impl UnwindSafe for Shared {}
impl RefUnwindSafe for Shared {}

impl std::ops::Deref for Shared {
    type Target = Binding;

    fn deref(&self) -> &Binding {
        &self.0
    }
}

/// Shows the value alone, as the variable's options say.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown(self.info.show, &self.0.value).fmt(f)
    }
}

/// A value, shown as its variable's options say.
pub(crate) struct Shown<'a>(pub(crate) ShowFn, pub(crate) &'a dyn Any);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(self.1, f)
    }
}

/// How `Debug` shows the values of a variable of type `T`.
///
/// `Show::<T>::VALUE` is an inherent constant where `T: Debug`, and else that of [`NoDebug`].
pub struct Show<T>(pub(crate) ShowFn, PhantomData<fn(&T)>);

impl<T> Copy for Show<T> {}

impl<T> Clone for Show<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: fmt::Debug + 'static> Show<T> {
    /// Shows the value.
    pub const VALUE: Self = Self(
        |value, f| match value.downcast_ref::<T>() {
            Some(value) => value.fmt(f),
            None => type_name::<T>(f),
        },
        PhantomData,
    );
}

impl<T> Show<T> {
    /// Shows that there is a value, and nothing of it.
    pub const REDACTED: Self = Self(|_, f| f.write_str("<redacted>"), PhantomData);
}

/// How values without `Debug` are shown: by the name of their type.
pub trait NoDebug: Sized {
    /// Shows the type's name.
    const VALUE: Self;
}

impl<T> NoDebug for Show<T> {
    const VALUE: Self = Self(|_, f| type_name::<T>(f), PhantomData);
}

fn type_name<T>(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<{}>", std::any::type_name::<T>())
}

impl<T> fmt::Debug for Show<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Show")
    }
}
