//! How what is bound is shown, with the place where it was set. Differences are in `diff`.

use crate::map::Map;
use crate::map::binding::BindingRef;
use std::fmt;

/// Shows what is bound, sorted by name.
pub(super) fn show_bindings(bindings: &Map, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut bindings: Vec<_> = bindings.iter().collect();
    bindings.sort_by_key(|binding| binding.variable.name);
    let mut shown = f.debug_struct("Context");
    for binding in bindings {
        shown.field(binding.variable.name, &WithPlace(binding));
    }
    shown.finish()
}

/// A value, and in `{:#?}` where it was set.
pub(super) struct WithPlace<'a>(pub(super) &'a BindingRef);

impl fmt::Debug for WithPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        if f.alternate() {
            write!(f, " set at {}:{}", self.0.place.file(), self.0.place.line())?;
        }
        Ok(())
    }
}
