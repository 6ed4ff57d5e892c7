//! Code whose reads are not reported: hooks, and the expressions of defaults.

use std::cell::Cell;

thread_local! {
    /// It has no destructor, so that it works while the thread ends.
    static IS_UNREPORTED: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn is_unreported() -> bool {
    IS_UNREPORTED.get()
}

/// Until this is dropped, nothing that the thread reads is reported.
pub(in crate::variable) struct Unreported {
    before: bool,
}

impl Unreported {
    pub(in crate::variable) fn begin() -> Self {
        Self {
            before: IS_UNREPORTED.replace(true),
        }
    }
}

impl Drop for Unreported {
    fn drop(&mut self) {
        IS_UNREPORTED.set(self.before);
    }
}
