//! Functions of an [`Ambient`](super::Ambient) may capture and poll: what they call carries nothing.

use std::cell::Cell;

thread_local! {
    // It has no destructor, so that it works while the thread ends.
    static IS_CALLED: Cell<bool> = const { Cell::new(false) };
}

/// Calls `f`, which calls functions of an `Ambient`. Inside another such call it does nothing, and returns `None`.
#[inline]
pub(super) fn unless_nested<R>(f: impl FnOnce() -> R) -> Option<R> {
    if IS_CALLED.replace(true) {
        return None;
    }
    let _over = Over;
    Some(f())
}

struct Over;

impl Drop for Over {
    #[inline]
    fn drop(&mut self) {
        IS_CALLED.set(false);
    }
}
