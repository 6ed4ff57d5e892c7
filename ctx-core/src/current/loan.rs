//! A loan: a value that is lent to user code further down the stack.

use crate::map::binding::{BindingRef, BindingView};
use std::cell::Cell;

/// A binding whose value is lent.
pub(super) struct Loan<'a> {
    pub(super) binding: BindingView<'a>,
    /// A handle to the binding, once it has left its context during the loan.
    pub(super) kept: Cell<Option<BindingRef>>,
    /// The loan around this one, or null.
    pub(super) outer: *const Loan<'a>,
}
