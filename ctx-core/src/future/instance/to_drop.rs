//! An instance whose future is dropped: its context is entered for the destructor, and left after it.

use super::Instance;
use crate::ambient::carried::Raised;
use crate::current;
use crate::future::destructor;
use crate::future::first_poll::Displaced;

impl Instance {
    /// Enters what is carried for the drop of the future, if it is not entered. A panic of that goes on after
    /// [`end_carrying`](Self::end_carrying).
    #[inline]
    pub(crate) fn enter_carried_to_drop(&mut self) {
        if !self.is_ready() {
            current::enter_carried_to_drop(&mut self.0);
        }
    }

    /// Whether what is carried is entered.
    #[inline]
    pub(crate) fn has_entered(&self) -> bool {
        self.0.clock.is_entered()
    }

    /// Leaves what is carried. Returns the panic of a function of an [`Ambient`](crate::Ambient), if one panicked.
    pub(crate) fn leave_carried_after_drop(&mut self) -> Raised {
        current::leave_carried_after_drop(&mut self.0)
    }

    /// Enters the context for the destructor of the future that stands before this instance in a struct. Does nothing if
    /// the instance is over. The drop of the instance, which follows that of the future, leaves the context.
    ///
    /// Of the `C` ABI, which does not unwind, so that callers need no landing pad.
    ///
    /// # Safety
    ///
    /// The instance stays where it is. The future before it is dropped next, and then the instance, on this thread.
    pub(crate) unsafe extern "C" fn enter_to_drop(&mut self, is_explicit: bool) {
        if !self.is_over() {
            // SAFETY: the caller's promise.
            unsafe { self.enter_unfinished_to_drop(is_explicit) }
        }
    }

    /// # Safety
    ///
    /// As above.
    #[inline(never)]
    unsafe extern "C" fn enter_unfinished_to_drop(&mut self, is_explicit: bool) {
        if !self.is_ready() {
            // SAFETY: the caller's promise.
            return unsafe { self.begin_to_drop(is_explicit) };
        }
        // SAFETY: the caller's promise.
        unsafe { destructor::enter(&raw mut *self.0, is_explicit) }
    }

    /// # Safety
    ///
    /// As above.
    #[inline(never)]
    unsafe fn begin_to_drop(&mut self, is_explicit: bool) {
        let displaced = if self.0.clock.has_extension() {
            self.begin_carrying_to_drop()
        } else {
            self.begin_displacing()
        };
        // SAFETY: the caller's promise.
        unsafe { destructor::enter(&raw mut *self.0, is_explicit) }
        if let Some(displaced) = displaced {
            destructor::keep(displaced);
        }
    }

    #[cold]
    fn begin_carrying_to_drop(&mut self) -> Option<Displaced> {
        let displaced = (!self.carries()).then(|| self.run_carrying(None));
        current::enter_carried_to_drop(&mut self.0);
        displaced
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        #[inline(never)]
        fn leave_and_free(instance: &mut Instance) {
            let has_displaced = instance.is_ready() && destructor::leave();
            if has_displaced || instance.has_entered() {
                return free_with_others(instance, has_displaced);
            }
            // SAFETY: `drop` asked.
            unsafe { instance.end_and_free() };
        }

        #[cold]
        fn free_with_others(instance: &mut Instance, has_displaced: bool) {
            let _displaced = has_displaced.then(destructor::take_displaced);
            let raised = instance.leave_carried_after_drop();
            // SAFETY: `drop` asked.
            unsafe { instance.end_and_free() };
            raised.resume_in_drop();
        }

        if !self.is_over() {
            leave_and_free(self);
        }
    }
}
