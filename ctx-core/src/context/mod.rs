//! A context: an immutable snapshot of what is bound.
//!
//! `diff` compares two of them. `debug` says how they are shown: `table` has the columns, `line` a value in one line.

mod debug;
mod diff;
mod line;
mod table;

pub use self::diff::{Change, Diff};

use crate::current;
use crate::current::frame::Frame;
use crate::map::binding::BindingRef;
use crate::map::{self, Map};
use crate::variable::{ContextVar, Kind, Value};
use std::fmt;
use std::panic::Location;

/// A snapshot of the variables that are bound and their values.
///
/// Nobody but its owner changes a context. A clone takes O(1), and what is set in the context that it was taken from does
/// not change it. It holds its values alive for as long as it lives. It is 8 bytes, and an empty one allocates
/// nothing.
///
/// There is no guard that enters a context until it is dropped, on purpose: held across an `.await` it would leak the
/// context into whatever the thread runs next. [`run`](Self::run) takes a closure, and
/// [`in_context`](crate::ContextExt::in_context) a future.
///
/// ```
/// use contextvars::{Context, context_var};
///
/// #[context_var]
/// static USER: &'static str;
///
/// let mut alice = Context::new().with(&USER, "alice");
/// assert_eq!(alice.run(|| USER.get()), Some("alice"));
/// assert_eq!(USER.get(), None);
/// ```
#[derive(Clone, Default)]
pub struct Context {
    bindings: Map,
}

impl Context {
    /// An empty context.
    ///
    /// ```
    /// assert!(contextvars::Context::new().is_empty());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { bindings: Map::new() }
    }

    /// A snapshot of the current context, in O(1); outside every context, an empty one.
    ///
    /// What is set afterwards does not change it (PEP 567, `copy_context`). It may be called anywhere: in a panic hook it is
    /// the context of what panics, in a destructor while the thread unwinds that of what is dropped. In the destructor of
    /// a thread-local no context is entered, and it is empty.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static DEPTH: u32 = 0;
    ///
    /// let snapshot = DEPTH.sync_scope(1, || {
    ///     let snapshot = Context::current();
    ///     DEPTH.set(2);
    ///     snapshot
    /// });
    /// assert_eq!(snapshot.get(&DEPTH), Some(&1));
    /// ```
    #[must_use]
    pub fn current() -> Self {
        Self {
            bindings: current::snapshot(),
        }
    }

    /// This context with `var` bound to `value`; `self` stays as it is.
    ///
    /// # Panics
    ///
    /// When `var` is declared with `local`: no context that can be handed on holds a local variable.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static TENANT: u32;
    ///
    /// let empty = Context::new();
    /// let tenant = empty.with(&TENANT, 7);
    /// assert_eq!((empty.get(&TENANT), tenant.get(&TENANT)), (None, Some(&7)));
    /// ```
    #[must_use = "`with` returns a new context"]
    #[track_caller]
    pub fn with<T: Value, D: Kind>(&self, var: &'static ContextVar<T, D>, value: T) -> Self {
        assert!(
            !var.descriptor().is_local,
            "context variable `{name}` is local: no snapshot holds it. Bind it where it is to be seen, by \
             `{name}.scope(..)`, `{name}.sync_scope(..)` or `{name}.set(..)`",
            name = var.name(),
        );
        let binding = BindingRef::new(var.descriptor(), Location::caller(), value);
        Self {
            bindings: self.bindings.with(binding),
        }
    }

    /// This context without a value of `var`; `self` stays as it is.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static TENANT: u32;
    ///
    /// let tenant = Context::new().with(&TENANT, 7);
    /// assert!(tenant.without(&TENANT).is_empty());
    /// ```
    #[must_use = "`without` returns a new context"]
    pub fn without<T: Value, D: Kind>(&self, var: &'static ContextVar<T, D>) -> Self {
        Self {
            bindings: self.bindings.without(var.descriptor()),
        }
    }

    /// The value that `var` is bound to in this context. A default does not count.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static RETRIES: u32 = 3;
    ///
    /// assert_eq!(Context::new().get(&RETRIES), None);
    /// assert_eq!(Context::new().with(&RETRIES, 5).get(&RETRIES), Some(&5));
    /// ```
    pub fn get<T: Value, D: Kind>(&self, var: &'static ContextVar<T, D>) -> Option<&T> {
        self.bindings.find(var.descriptor())?.value(var.descriptor())
    }

    /// Whether `var` is bound in this context.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static USER: String;
    ///
    /// assert!(!Context::new().contains(&USER));
    /// ```
    pub fn contains<T: Value, D: Kind>(&self, var: &'static ContextVar<T, D>) -> bool {
        self.get(var).is_some()
    }

    /// How many variables are bound.
    ///
    /// ```
    /// assert_eq!(contextvars::Context::new().len(), 0);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.bindings.iter().count()
    }

    /// Whether no variable is bound.
    ///
    /// ```
    /// assert!(contextvars::Context::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bindings.is_empty()
    }

    /// Whether both are the same version: one is a clone of the other, and neither was written since.
    ///
    /// ```
    /// use contextvars::Context;
    ///
    /// assert!(Context::current().ptr_eq(&Context::current()));
    /// ```
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.bindings.ptr_eq(&other.bindings)
    }

    /// What is bound: name, value, and where it was set, in no promised order.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// for (name, value, place) in Context::new().with(&USER, "alice").iter() {
    ///     assert_eq!((name, format!("{value:?}")), ("USER", r#""alice""#.to_owned()));
    ///     assert!(place.line() > 0);
    /// }
    /// ```
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.bindings.iter())
    }

    /// What is different in `after`: which variables were bound, bound again or unbound, and where.
    ///
    /// Bound again counts as different even if the new value equals the old one, since values need not be comparable.
    /// The cost goes by what differs, as far as one of the two is a version of the other.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    /// #[context_var]
    /// static DEPTH: u32 = 0;
    ///
    /// let mut context = Context::new().with(&USER, "alice");
    /// let before = context.clone();
    /// assert!(before.diff(&context).is_empty());
    ///
    /// context.run(|| {
    ///     USER.set("root");
    ///     DEPTH.set(1);
    /// });
    /// assert_eq!(format!("{:?}", before.diff(&context)), r#"Diff { DEPTH: added 1, USER: changed "alice" -> "root" }"#);
    /// ```
    #[must_use]
    pub fn diff<'a>(&'a self, after: &'a Self) -> Diff<'a> {
        Diff::of(&self.bindings, &after.bindings)
    }

    /// Runs `f` in this context: what `f` sets stays in it, and nothing of it outside (PEP 567, `Context.run`).
    ///
    /// Each call is an owner of its own: a token from one is refused in the next. Python's error for a context that is
    /// entered already is a compile error here, since `f` would have to borrow the context twice. When `f` panics, what
    /// it has set until then stays too.
    ///
    /// ```
    /// use contextvars::{Context, context_var};
    ///
    /// #[context_var]
    /// static COUNT: u32 = 0;
    ///
    /// let mut context = Context::new();
    /// for _ in 0..3 {
    ///     context.run(|| COUNT.set(COUNT.get() + 1));
    /// }
    /// assert_eq!(context.get(&COUNT), Some(&3));
    /// assert_eq!(COUNT.get(), 0);
    /// ```
    pub fn run<R>(&mut self, f: impl FnOnce() -> R) -> R {
        struct Running<'a> {
            context: &'a mut Context,
            frame: Frame,
        }

        impl Drop for Running<'_> {
            fn drop(&mut self) {
                self.context.bindings = std::mem::take(&mut self.frame.bindings);
            }
        }

        let frame = current::nested(std::mem::take(&mut self.bindings));
        let mut running = Running { context: self, frame };
        current::outside_all_wrappers(|| current::inside(&mut running.frame, f))
    }

    pub(crate) fn bindings(&self) -> &Map {
        &self.bindings
    }

    pub(crate) fn into_bindings(self) -> Map {
        self.bindings
    }
}

/// What a context binds: name, value, and where it was set. Made by [`Context::iter`].
///
/// ```
/// use contextvars::Context;
///
/// for (name, value, place) in &Context::current() {
///     println!("{name} = {value:?}, set at {place}");
/// }
/// ```
pub struct Iter<'a>(map::Iter<'a>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'static str, &'a dyn fmt::Debug, &'static Location<'static>);

    fn next(&mut self) -> Option<Self::Item> {
        let binding = self.0.next()?;
        Some((binding.variable.name, binding, binding.place))
    }
}

impl fmt::Debug for Iter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}

impl<'a> IntoIterator for &'a Context {
    type Item = <Iter<'a> as Iterator>::Item;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Names and values, sorted by name. `{:#?}` has a line for each, with the place where it was set:
///
/// ```text
/// Context {
///     REQUEST_ID   7           src/server.rs:31
///     TOKEN        <redacted>  src/auth.rs:14
///     TRANSACTION  3           src/db.rs:9 (local)
///     USER         "alice"     src/auth.rs:12
/// }
/// ```
///
/// It is for people, and may change:
///
/// - A value is in one line, and cut to what 100 columns leave it: at least 20. A path of more than 40 shows its end.
/// - Variables of one name are told apart by the place where they are declared: `USER (src/auth.rs:3)`.
/// - No snapshot holds a variable that is declared `local`. Where this context is what is current, as in
///   `format!("{:#?}", Context::current())`, `{:#?}` adds the local variables that are bound there, and at last the
///   kinds of state that captures [`carry`](crate::carry) beside it: `(carried: CurrentSpan)`.
/// - It may be used in a panic hook, where a `Debug` that panics would abort the process. So while a thread panics, `{:#?}`
///   has the values shown by another one, in an empty context, and waits for it for a second at most. A value whose
///   `Debug` panics there is shown as `<its Debug panicked>`. One that is late, since its `Debug` waits for a lock that
///   the panicking code holds, is `<not shown>`.
impl fmt::Debug for Context {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::show_bindings(&self.bindings, f)
    }
}
