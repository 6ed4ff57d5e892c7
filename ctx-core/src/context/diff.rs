//! The difference of two contexts: what was bound, bound again or unbound on the way from one to the other.

use super::table::{self, Row};
use crate::map::Map;
use crate::map::binding::BindingRef;
use std::fmt;
use std::panic::Location;
use std::slice;

/// What is different between two contexts, sorted by name. Made by [`Context::diff`].
///
/// Its `Debug` is for people: in tests that fail, and in logs. `{:#?}` has a line for each value, as that of a
/// [`Context`](crate::Context) has, with the place where it was set:
///
/// ```text
/// Diff {
///     DEPTH   added    1        src/lib.rs:20
///     TENANT  removed  7        src/lib.rs:12
///     USER    changed  "alice"  src/lib.rs:14
///             to       "root"   src/lib.rs:19
/// }
/// ```
///
/// [`Context::diff`]: crate::Context::diff
///
/// ```
/// use contextvars::{Context, context_var};
///
/// #[context_var]
/// static TENANT: u32;
///
/// let tenant = Context::new().with(&TENANT, 7);
/// for change in &tenant.diff(&Context::new()) {
///     let (value, place) = change.before().unwrap();
///     assert_eq!((change.name(), format!("{value:?}")), ("TENANT", "7".to_owned()));
///     assert!(place.line() > 0 && change.after().is_none());
/// }
/// ```
#[derive(Clone)]
pub struct Diff<'a> {
    changes: Vec<Change<'a>>,
}

/// One variable that two contexts bind differently.
///
/// ```
/// use contextvars::{Change, Context, context_var};
///
/// #[context_var]
/// static USER: &'static str;
///
/// let (before, after) = (Context::new(), Context::new().with(&USER, "alice"));
/// let diff = before.diff(&after);
/// let added: Vec<&str> = diff.iter().filter(|change| change.before().is_none()).map(Change::name).collect();
/// assert_eq!(added, ["USER"]);
/// ```
#[derive(Clone, Copy)]
pub struct Change<'a> {
    name: &'static str,
    before: Option<&'a BindingRef>,
    after: Option<&'a BindingRef>,
}

impl<'a> Diff<'a> {
    pub(crate) fn of(before: &'a Map, after: &'a Map) -> Self {
        let mut changes = Vec::new();
        before.each_difference(after, &mut |before, after| {
            if let Some(binding) = before.or(after) {
                let name = binding.variable.name;
                changes.push(Change { name, before, after });
            }
        });
        changes.sort_by_key(|change| change.name);
        Self { changes }
    }

    /// How many variables are bound differently.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether both contexts bind the same variables to the same values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes, sorted by name.
    pub fn iter(&self) -> slice::Iter<'_, Change<'a>> {
        self.changes.iter()
    }
}

impl<'a> Change<'a> {
    /// The variable's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The value in the first context, and where it was set; `None` if the variable was added.
    #[must_use]
    pub fn before(&self) -> Option<(&'a dyn fmt::Debug, &'static Location<'static>)> {
        self.before.map(|binding| (binding as _, binding.place))
    }

    /// The value in the second context, and where it was set; `None` if the variable was removed.
    #[must_use]
    pub fn after(&self) -> Option<(&'a dyn fmt::Debug, &'static Location<'static>)> {
        self.after.map(|binding| (binding as _, binding.place))
    }
}

impl<'a> IntoIterator for Diff<'a> {
    type Item = Change<'a>;
    type IntoIter = std::vec::IntoIter<Change<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.changes.into_iter()
    }
}

impl<'a, 'd> IntoIterator for &'d Diff<'a> {
    type Item = &'d Change<'a>;
    type IntoIter = slice::Iter<'d, Change<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Diff<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show("Diff", &self.changes, f)
    }
}

impl fmt::Debug for Change<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show("Change", slice::from_ref(self), f)
    }
}

#[inline]
fn show(title: &str, changes: &[Change<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if f.alternate() {
        return table::show(title, changes.iter().flat_map(rows).collect(), "", f);
    }
    let mut shown = f.debug_struct(title);
    for change in changes {
        shown.field(change.name, &Values(change));
    }
    shown.finish()
}

/// What became of the variable, with a row for each value.
#[inline]
fn rows<'a>(change: &Change<'a>) -> impl Iterator<Item = Row<'a>> {
    let row = |binding, change| Row {
        binding,
        change,
        note: "",
    };
    let rows = match (change.before, change.after) {
        (Some(before), Some(after)) => [Some(row(before, "changed")), Some(row(after, "to"))],
        (before, after) => [before.map(|it| row(it, "removed")), after.map(|it| row(it, "added"))],
    };
    rows.into_iter().flatten()
}

/// How a change is shown after the variable's name, in one line.
struct Values<'a>(&'a Change<'a>);

impl fmt::Debug for Values<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.before, self.0.after) {
            (Some(before), Some(after)) => write!(f, "changed {before:?} -> {after:?}"),
            (Some(before), None) => write!(f, "removed {before:?}"),
            (None, Some(after)) => write!(f, "added {after:?}"),
            (None, None) => Ok(()),
        }
    }
}
