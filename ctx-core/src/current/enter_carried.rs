//! What a frame carries for other crates is entered with it, and left with it.
//!
//! That runs functions of an [`Ambient`](crate::Ambient). They run inside the frame's context, with no wrapper around it.
//! Meanwhile what is carried is taken out of the frame.

use super::carrying::Carrying;
use super::enclosing_wrappers::outside_all_wrappers;
use super::enter::inside;
use super::frame::Frame;
use super::locals::Clock;
use crate::ambient::carried::{Carried, Kinds, Raised};

/// Enters what `frame` carries, where this thread has none of its kind. The frame is not the current one.
///
/// # Panics
///
/// If a function of an [`Ambient`](crate::Ambient) panics. What was entered is left then.
pub(crate) fn enter_carried(frame: &mut Frame) {
    let Some(carried) = frame.clock.take_waiting() else {
        return;
    };
    frame.identity = frame.identity.without_carried();
    let mut entered = Kinds::NONE;
    let raised = within(frame, || carried.enter(&mut entered));
    if raised.is_none() {
        return frame.clock.put_back(Carrying::Entered(carried, entered, Raised::NONE));
    }
    let raised = raised.or(within(frame, || carried.exit(entered)));
    wait(frame, carried);
    raised.resume();
}

/// The same before a destructor. A panic goes on when that is over: see [`leave_carried`].
pub(crate) fn enter_carried_to_drop(frame: &mut Frame) {
    let Some(carried) = frame.clock.take_waiting() else {
        return;
    };
    frame.identity = frame.identity.without_carried();
    let mut entered = Kinds::NONE;
    let raised = within(frame, || carried.enter_to_drop(&mut entered));
    frame.clock.put_back(Carrying::Entered(carried, entered, raised));
}

/// Leaves what was entered with `frame`, if anything was. The frame is not the current one any more.
///
/// Returns the first panic, which goes on when the caller is done.
#[cold]
pub(crate) fn leave_carried(frame: &mut Frame) -> Raised {
    match frame.clock.take_carrying() {
        Carrying::Entered(carried, entered, raised) => {
            let raised = raised.or(within(frame, || carried.exit(entered)));
            wait(frame, carried);
            raised
        }
        others => {
            frame.clock.put_back(others);
            Raised::NONE
        }
    }
}

/// The same at the end of a poll or call.
///
/// # Panics
///
/// If a function of an [`Ambient`](crate::Ambient) panics, unless another panic unwinds.
#[inline]
pub(crate) fn leave_entered(frame: &mut Frame) {
    #[cold]
    fn leave(frame: &mut Frame) {
        leave_carried(frame).resume_in_drop();
    }

    if frame.clock.is_entered() {
        leave(frame);
    }
}

/// A frame, with which something may be entered. It is left when this is dropped.
#[must_use]
pub(crate) struct LeaveEntered<'a>(pub(crate) &'a mut Frame);

impl Drop for LeaveEntered<'_> {
    #[inline]
    fn drop(&mut self) {
        leave_entered(self.0);
    }
}

/// A clock that carries what `frame` does. The frame, which is not entered, carries nothing any more.
pub(crate) fn separate_carried(frame: &mut Frame) -> Clock {
    let mut clock = Clock::new();
    if let Some(carried) = frame.clock.take_waiting() {
        frame.identity = frame.identity.without_carried();
        clock.carry(carried);
    }
    clock
}

fn wait(frame: &mut Frame, carried: Carried) {
    frame.clock.put_back(Carrying::Waiting(carried));
    frame.identity = frame.identity.carrying();
}

fn within(frame: &mut Frame, f: impl FnOnce() -> Raised) -> Raised {
    outside_all_wrappers(|| inside(frame, f))
}
