//! How what is bound is shown. Differences are in `diff`, the columns of the long form in `table`.

use super::table::{self, Row};
use crate::ambient;
use crate::current;
use crate::map::Map;
use std::fmt;

/// Shows what is bound, sorted by name. `{:#?}` has a line for each. If this is what is current, it adds what is local,
/// and which kinds of ambient state captures carry beside it.
#[inline]
pub(super) fn show_bindings(bindings: &Map, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if f.alternate() {
        let locals = current::locals_beside(bindings);
        let carried: Vec<_> = locals.iter().flat_map(|_| ambient::names()).collect();
        let carried = carried.join(", ");
        let inherited = bindings.iter().map(|binding| Row {
            binding,
            change: "",
            note: "",
        });
        let local = locals.iter().flat_map(Map::iter).map(|binding| Row {
            binding,
            change: "",
            note: " (local)",
        });
        return table::show("Context", inherited.chain(local).collect(), &carried, f);
    }
    let mut bindings: Vec<_> = bindings.iter().collect();
    bindings.sort_by_key(|binding| binding.variable.name);
    let mut shown = f.debug_struct("Context");
    for binding in bindings {
        shown.field(binding.variable.name, binding);
    }
    shown.finish()
}
