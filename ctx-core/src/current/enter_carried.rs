//! What a frame carries for other crates is entered after it, and left before it.
//!
//! That runs functions of an [`Ambient`](crate::Ambient), inside the frame. A mark in the frame's clock says from before the
//! first of them until after the last that it is entered.

use super::enter::inside;
use super::frame::Frame;
use super::locals::Clock;
use crate::ambient::carried::{CarriedRef, Kinds, Raised};
use std::mem::{self, ManuallyDrop};

/// Enters what `frame` carries, where this thread has none of its kind. The frame is not the current one.
///
/// # Panics
///
/// If a function of an [`Ambient`](crate::Ambient) panics. What was entered is left then.
#[inline(never)]
pub(crate) fn enter_carried(frame: &mut Frame) {
    /// Leaves what was entered, if something panics.
    struct Entering<'a> {
        frame: &'a mut Frame,
        carried: CarriedRef<'a>,
        entered: Kinds,
    }

    impl Drop for Entering<'_> {
        fn drop(&mut self) {
            inside(self.frame, || self.carried.exit(self.entered));
            self.frame.end_carried();
        }
    }

    // SAFETY: the frame keeps what it carries until `take_carried`, which asks the mark. It is set for longer than the result
    // is used.
    let Some(carried) = (unsafe { frame.begin_carried() }) else {
        return;
    };
    let mut entering = Entering {
        frame,
        carried,
        entered: Kinds::NONE,
    };
    inside(entering.frame, || carried.enter(&mut entering.entered));
    entering.frame.clock.note_entered(entering.entered);
    mem::forget(entering);
}

/// The same before a destructor. Does not unwind: a panic goes on when that is over, see [`leave_carried_after_drop`].
pub(crate) fn enter_carried_to_drop(frame: &mut Frame) {
    // SAFETY: as above.
    let Some(carried) = (unsafe { frame.begin_carried() }) else {
        return;
    };
    let mut entered = Kinds::NONE;
    let raised = inside(frame, || carried.enter_to_drop(&mut entered));
    frame.clock.note_entered(entered);
    frame.clock.note_raised(raised);
}

/// Leaves what was entered with `frame`, which is not the current one any more. Does not unwind: returns the first panic.
pub(crate) fn leave_carried_after_drop(frame: &mut Frame) -> Raised {
    // SAFETY: as above.
    let Some((carried, entered)) = (unsafe { frame.clock.entered() }) else {
        return Raised::NONE;
    };
    let raised = frame.clock.take_raised();
    let raised = raised.or(inside(frame, || carried.exit_after_drop(entered)));
    frame.end_carried();
    raised
}

/// A frame that is not the current one. What is entered with it is left when this is dropped.
#[must_use]
pub(crate) struct LeaveEntered<'a>(pub(crate) &'a mut Frame);

impl LeaveEntered<'_> {
    /// Leaves it after a destructor: see [`leave_carried_after_drop`].
    pub(crate) fn after_drop(self) -> Raised {
        leave_carried_after_drop(ManuallyDrop::new(self).0)
    }
}

impl Drop for LeaveEntered<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.0.clock.is_entered() {
            leave_carried(self.0);
        }
    }
}

/// # Panics
///
/// If a function of an [`Ambient`](crate::Ambient) panics, unless another panic unwinds.
#[cold]
fn leave_carried(frame: &mut Frame) {
    /// Notes that it is left, also if something panics.
    struct Leaving<'a>(&'a mut Frame);

    impl Drop for Leaving<'_> {
        fn drop(&mut self) {
            self.0.end_carried();
        }
    }

    // SAFETY: as above.
    if let Some((carried, entered)) = unsafe { frame.clock.entered() } {
        let leaving = Leaving(frame);
        if entered != Kinds::NONE {
            inside(leaving.0, || carried.exit(entered));
        }
    }
}

/// A clock that carries what `frame` does. The frame, with which it is not entered, carries nothing any more.
pub(crate) fn separate_carried(frame: &mut Frame) -> Clock {
    let mut clock = Clock::new();
    if let Some(carried) = frame.clock.take_carried() {
        frame.identity = frame.identity.without_carried();
        clock.carry(carried);
    }
    clock
}
