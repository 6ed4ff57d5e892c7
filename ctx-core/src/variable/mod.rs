//! A variable: what it is, and the calls that read and write it.
//!
//! This file has the types. Then read `get`, `set` and what they use: `default`, `token`, `error`. `any` and `shown` are
//! for code that handles variables of every type, such as loggers. `lost` tells of uses where no context is entered.

pub(crate) mod any;
mod default;
pub(crate) mod error;
mod get;
pub mod lost;
mod set;
pub(crate) mod shown;
pub(crate) mod token;

use self::default::{Lazy, ReadsItself};
use self::shown::Shown;
use crate::descriptor::debug::Show;
use crate::descriptor::{DescriptorOf, Reach};
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
// Where a type is refused, the compiler prints the line of the bound. So the line says what to write.
pub struct ContextVar<
    T: Value, // hint: write `dyn Trait + Send + Sync`, keep a request's parts but not its body, `Arc` for `Rc`, `Mutex` for `Cell`
    D: Kind = NoDefault,
> {
    #[doc(hidden)]
    pub declared: Declared<T, D>,
}

/// What a variable is declared with.
///
/// It takes any type, so that a type that can't be a value is refused in one place: where the variable is made of this.
pub struct Declared<T, D> {
    descriptor: DescriptorOf<T>,
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
            descriptor: DescriptorOf::new(name, show, reach),
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
            descriptor: DescriptorOf::new(name, show, reach),
            default: Some(Lazy::new(default)),
            kind: PhantomData,
        }
    }
}

impl<T, D> Declared<T, D> {
    /// Of a variable that has no business in a context where it is not bound.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.descriptor.require();
        self
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
        self.declared.descriptor.name()
    }

    /// Whether the variable is declared with `local`, for code that sends values elsewhere.
    #[doc(hidden)]
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.declared.descriptor.is_local
    }

    /// Whether the variable is declared with `redact`, for the same.
    #[doc(hidden)]
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.declared.descriptor.is_redacted
    }

    pub(crate) fn descriptor(&'static self) -> &'static DescriptorOf<T> {
        &self.declared.descriptor
    }
}

/// The name, the default, and whether the variable is local; never the current value.
impl<T: Value, D: Kind> fmt::Debug for ContextVar<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ContextVar");
        shown.field("name", &self.declared.descriptor.name);
        if self.declared.descriptor.is_local {
            shown.field("local", &true);
        }
        if let Some(default) = &self.declared.default {
            match (default.get(), default.begin_to_show()) {
                (Ok(value), Some(_)) => shown.field("default", &Shown::new(&self.declared.descriptor, value)),
                (Ok(_), None) => shown.field("default", &format_args!("<being shown>")),
                (Err(ReadsItself), _) => shown.field("default", &format_args!("<being evaluated>")),
            };
        }
        shown.finish_non_exhaustive()
    }
}
