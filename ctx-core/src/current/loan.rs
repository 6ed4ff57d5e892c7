//! A loan: a value that is lent to user code further down the stack. What is replaced meanwhile is kept for it.

use super::thread::{Loan, Restore, thread};
use crate::descriptor::DescriptorOf;
use crate::map::binding::{BindingRef, BindingView};
use std::cell::Cell;
use std::ptr;

/// Lends the value of a binding of this variable that the current frame has a handle to.
#[inline]
pub(super) fn lend_binding<T, C, R>(
    binding: BindingView<'_>,
    variable: &'static DescriptorOf<T>,
    closure: C,
    f: impl FnOnce(C, &T) -> R,
) -> R {
    // A binding is never changed in place, and is freed when its last handle is dropped. The current frame keeps it: its root
    // owns a handle, or borrows one from a base. Whoever entered the frame leaves it after this call, so the frame outlives
    // the loan. During the loan the handle leaves the frame in two ways. `write::replace` hands it out, and leaves another by
    // `keep_for_loans` before anybody can drop it. `allocating::TakenMap` takes the whole map out and puts it back.
    let loan = Loan {
        // SAFETY: so the frame or `kept` has a handle until `loan` is dropped, after `f` has returned or unwound, and nobody
        // reads `loan.binding` after that.
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

#[inline]
pub(super) fn has_loans() -> bool {
    !thread().loans.get().is_null()
}

/// Leaves a handle to `replaced` with each loan of it.
#[cold]
pub(super) fn keep_for_loans(replaced: Option<&BindingRef>) {
    let Some(replaced) = replaced else { return };
    let mut next = thread().loans.get();
    // SAFETY: a pointer in `loans` or `outer` leads to the loan of a call of `lend` that has not ended.
    while let Some(loan) = unsafe { next.as_ref() } {
        if loan.binding.is(replaced) {
            loan.kept.set(Some(replaced.clone()));
        }
        next = loan.outer;
    }
}
