//! What the current frame carries for other crates, entered for a poll or for the drop of a future.
//!
//! It is entered after the frame, and left before it. Meanwhile it is taken out of the frame, which is then like one that
//! carries nothing.

use super::thread::with_frame;
use crate::ambient::carried::{Carried, Kinds, Raised};

/// What the current frame carries, entered until this is dropped.
#[must_use]
pub(crate) struct EnteredCarried {
    /// Taken out of the frame. `None` once it is put back.
    carried: Option<Carried>,
    entered: Kinds,
    raised: Raised,
}

/// Enters what the current frame carries, where this thread has none of its kind.
///
/// # Panics
///
/// If a function of an [`Ambient`](crate::Ambient) panics. What was entered is left then.
pub(crate) fn enter_carried() -> EnteredCarried {
    let mut entered = EnteredCarried::take_out();
    if let Some(carried) = &entered.carried {
        carried.enter_noting(&mut entered.entered);
    }
    entered
}

/// The same for a destructor: a panic goes on when that is over.
pub(crate) fn enter_carried_to_drop() -> EnteredCarried {
    let mut entered = EnteredCarried::take_out();
    if let Some(carried) = &entered.carried {
        entered.raised = carried.enter_to_drop(&mut entered.entered);
    }
    entered
}

impl EnteredCarried {
    fn take_out() -> Self {
        let carried = with_frame(|frame| {
            frame.identity = frame.identity.without_carried();
            frame.clock.take_carried()
        });
        Self {
            carried: carried.flatten(),
            entered: Kinds::NONE,
            raised: Raised::NOTHING,
        }
    }

    /// Leaves what was entered, and puts it back into the frame, which is the current one again. Returns the first panic.
    pub(crate) fn exit(mut self) -> Raised {
        self.leave()
    }

    fn leave(&mut self) -> Raised {
        let Some(carried) = self.carried.take() else {
            return Raised::NOTHING;
        };
        let raised = std::mem::replace(&mut self.raised, Raised::NOTHING).or(carried.exit(self.entered));
        with_frame(|frame| {
            frame.clock.put_carried_back(carried);
            frame.identity = frame.identity.carrying();
        });
        raised
    }
}

impl Drop for EnteredCarried {
    fn drop(&mut self) {
        self.leave().go_on();
    }
}
