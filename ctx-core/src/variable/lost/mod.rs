//! Context that got lost: reads that find no value, and writes that are refused, because no context is entered there.
//!
//! `contextvars::lost` says what is reported and what is not. A read comes here from `get`, where `current::read` has found
//! nothing and says that somebody listens; a write from `set`, where it was refused.

// The order to read: what is reported, to whom, and one who listens.
mod hooks;
mod report;
mod reporter;
pub(super) mod unreported;
mod watch;

pub use self::hooks::{Hook, on};
pub use self::report::{Attempt, Report};
pub use self::watch::{Watch, Watched};

pub(super) use self::reporter::{found_nothing, refused};
