//! What is current on this thread: the frame of the context that runs, the wrappers around it, the values lent from it.
//!
//! A *frame* is a running context, and the only form of a context that is written. This is the only place that enters and
//! leaves one. Read `thread` first (the thread-local, and who may look into the frame), [`frame`] and [`identity`] (what a
//! frame is, and who it is), [`origin`] (when something was made in it), `locals` (where local variables are kept), then what
//! happens to the current frame:
//!
//! | | |
//! | --- | --- |
//! | `enter` | a frame becomes the current one, and the old one again |
//! | `read` | a value is found, and lent to the caller |
//! | `loan` | how it is lent, and what becomes of it if it is replaced meanwhile |
//! | `write` | a variable is bound or unbound, and what it was bound to is handed out |
//! | `snapshot` | what captures, snapshots and new wrappers take from it |
//! | `enter_carried` | what it carries for other crates is entered with it |
//! | `allocating` | how a change is made that allocates, which may run user code |
//! | [`wrapper`], `enclosing_wrappers` | the wrappers that are around it on the stack |
//! | [`prelude`] | what a function did in a frame before it returned a future |
//!
//! Reads, captures and polls write nothing that another thread reads. Identities come from blocks of 1,024 that a thread
//! takes from the process. The order of wrappers is counted in the frame that they were made in. Only wrappers made outside
//! every context are counted for the whole process, by a clock that captures made there read.

mod allocating;
mod enclosing_wrappers;
mod enter;
mod enter_carried;
pub(crate) mod frame;
pub(crate) mod identity;
mod loan;
pub(crate) mod locals;
pub(crate) mod origin;
pub(crate) mod prelude;
mod read;
mod snapshot;
mod thread;
pub(crate) mod wrapper;
mod write;

pub use self::enter::outside;

pub(crate) use self::enclosing_wrappers::{
    for_each_enclosing_wrapper, has_enclosing_wrappers, outside_all_wrappers, under,
};
pub(crate) use self::enter::{Previous, inside, is_captured_now, is_entered, is_in_frame_of, nested};
pub(crate) use self::enter_carried::{
    LeaveEntered, enter_carried, enter_carried_to_drop, leave_carried_after_drop, separate_carried,
};
pub(crate) use self::read::{Readable, lend};
pub(crate) use self::snapshot::{
    capture, capture_again, capture_time, has_locals, locals_beside, new_wrapper, snapshot, snapshot_with,
};
pub(crate) use self::write::{identity_for_tokens, replace};
