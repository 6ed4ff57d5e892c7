//! What a frame carries for other crates, and whether it is entered.

use crate::ambient::carried::{Carried, Kinds, Raised};

/// What a frame carries.
#[derive(Default)]
pub(crate) enum Carrying {
    #[default]
    Nothing,
    /// Not entered.
    Waiting(Carried),
    /// Entered on this thread. The panic is of a destructor's `enter`, and goes on when that is over.
    Entered(Carried, Kinds, Raised),
}
