//! How a value of the current context is lent to the caller.

use super::loan::Loan;
use super::thread::{Restore, frame_to_read, thread};
use crate::descriptor::DescriptorOf;
use crate::map::LowerLevels;
use crate::map::binding::BindingView;
use std::cell::Cell;
use std::ptr;

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
    // SAFETY: looking for a binding runs no user code, and `lend_found` holds the binding by a loan.
    match unsafe { frame_to_read() }.bindings.find_in_first(variable) {
        Ok(binding) => lend_found(binding, variable, closure, f),
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
        Some(binding) => lend_found(binding, variable, closure, f),
        None => none(closure),
    }
}

/// Lends the value of a binding of this variable that the current frame has a handle to.
#[inline]
fn lend_found<T, C, R>(
    binding: BindingView<'_>,
    variable: &'static DescriptorOf<T>,
    closure: C,
    f: impl FnOnce(C, &T) -> R,
) -> R {
    let loan = Loan {
        // SAFETY: a binding is never changed in place, and is freed when its last handle is dropped. The current frame
        // keeps the binding: its root owns a handle, or borrows one from a base. Whoever entered the frame leaves it after this call, so the frame outlives the loan. During the loan the
        // handle leaves the frame in two ways. `write::replace` hands it out, and leaves another in `loan.kept` before
        // anybody can drop it. `allocating::TakenMap` takes the whole map out and puts it back. `loan` is dropped after `f`
        // has returned or unwound, and nobody reads `loan.binding` after that.
        binding: unsafe { binding.extend() },
        kept: Cell::new(None),
        outer: thread().loans.get(),
    };
    let value = loan.binding.value(variable).expect("it is a binding of the variable");
    let ended = Restore::after_setting(&thread().loans, ptr::from_ref(&loan));
    let result = f(closure, value);
    drop(ended);
    // Here and not at the end of the block: if the destructor of the kept value panics, `result` is dropped too.
    drop(loan);
    result
}
