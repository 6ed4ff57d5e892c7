//! How a value of the current context is lent to the caller.

use super::loan::lend_binding;
use super::thread::frame_to_read;
use crate::descriptor::DescriptorOf;
use crate::map::LowerLevels;

/// Lends the value of a variable in the current context to `f`, or calls `none` if there is no value. Either gets `closure`,
/// what the caller wants called: so the two need not own it both.
///
/// A lent value stays as it is and where it is until `f` returns, whatever `f` does to the context.
#[inline]
pub(crate) fn lend<T, C, R>(
    variable: &'static DescriptorOf<T>,
    closure: C,
    f: impl FnOnce(C, &T) -> R,
    none: impl FnOnce(C) -> R,
) -> R {
    // SAFETY: looking for a binding runs no user code, and `lend_binding` holds the binding by a loan.
    match unsafe { frame_to_read() }.bindings.find_in_first(variable) {
        Ok(binding) => lend_binding(binding, variable, closure, f),
        Err(lower) if lower.are_there() || variable.is_local => {
            lend_from_lower_levels(lower, variable, closure, f, none)
        }
        Err(_) => none(closure),
    }
}

/// The same for a value that is not in the first level of the bindings.
///
/// It is a function of its own so that the usual read is a straight line of code, without a jump that is taken.
#[cold]
#[inline(never)]
fn lend_from_lower_levels<T, C, R>(
    lower: LowerLevels<'_>,
    variable: &'static DescriptorOf<T>,
    closure: C,
    f: impl FnOnce(C, &T) -> R,
    none: impl FnOnce(C) -> R,
) -> R {
    let found = if variable.is_local {
        // SAFETY: as in `lend`.
        unsafe { frame_to_read() }.find(variable)
    } else {
        lower.find(variable)
    };
    match found {
        Some(binding) => lend_binding(binding, variable, closure, f),
        None => none(closure),
    }
}
