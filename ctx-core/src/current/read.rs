//! How a value of the current context is lent to the caller.

use super::loan::lend_binding;
use super::thread::frame_to_read;
use crate::descriptor::{Descriptor, DescriptorOf, are_misses_reported};
use crate::map::LowerLevels;

/// A variable whose values are of type `T`.
pub(crate) trait Readable<T: 'static>: 'static {
    fn descriptor(&'static self) -> &'static DescriptorOf<T>;
}

/// Whether a read that finds nothing in the first level has more to do.
#[inline]
fn needs_more<const MAY_BE_MISSED: bool>(variable: &Descriptor) -> bool {
    if MAY_BE_MISSED {
        variable.is_miss_slow()
    } else {
        variable.is_local
    }
}

/// Lends the value of a variable in the current context to `f`, or calls `none` if there is no value, and says whether that
/// is to be reported. Either gets `closure`, what the caller wants called: so the two need not own it both.
///
/// Unless it `MAY_BE_MISSED`, nobody is told of a value that is not there.
///
/// A lent value stays as it is and where it is until `f` returns, whatever `f` does to the context.
#[inline]
pub(crate) fn lend<const MAY_BE_MISSED: bool, T: 'static, V: Readable<T>, C, R>(
    var: &'static V,
    closure: C,
    f: impl FnOnce(C, &T) -> R,
    none: impl FnOnce(&'static V, C, bool) -> R,
) -> R {
    let variable = var.descriptor();
    // SAFETY: looking for a binding runs no user code, and `lend_binding` holds the binding by a loan.
    match unsafe { frame_to_read() }.bindings.find_in_first(variable) {
        Ok(binding) => lend_binding(binding, variable, closure, f),
        Err(lower) if lower.are_there() || needs_more::<MAY_BE_MISSED>(variable) => {
            lend_from_lower_levels(lower, var, closure, f, none)
        }
        Err(_) => none(var, closure, false),
    }
}

/// The same for a value that is not in the first level of the bindings, or is not there and missed.
///
/// It is a function of its own so that the usual read is a straight line of code, without a jump that is taken.
#[cold]
#[inline(never)]
fn lend_from_lower_levels<T: 'static, V: Readable<T>, C, R>(
    lower: LowerLevels<'_>,
    var: &'static V,
    closure: C,
    f: impl FnOnce(C, &T) -> R,
    none: impl FnOnce(&'static V, C, bool) -> R,
) -> R {
    let variable = var.descriptor();
    let found = if variable.is_local {
        // SAFETY: as in `lend`.
        unsafe { frame_to_read() }.find(variable)
    } else {
        lower.find(variable)
    };
    if let Some(binding) = found {
        return lend_binding(binding, variable, closure, f);
    }
    if variable.is_miss_slow() {
        variable.make_misses_quick();
    }
    none(var, closure, are_misses_reported())
}
