//! Executors that are too heavy for the main test run: what they are asked, and the promises that hold on all of them.

#![allow(clippy::missing_panics_doc, reason = "a promise that is broken panics")]

mod executor;
mod meeting;
pub mod promises;
mod strangers;

pub use executor::{Cancel, Executor, Pool};
pub use meeting::{Meeting, yield_now};
pub use strangers::{Found, NUMBER, USER, bare, is_untouched, may_write};

/// Stamps out a test for each promise.
#[macro_export]
macro_rules! promises {
    ($executor:ty: $($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            $crate::promises::$name::<$executor>();
        })*
    };
}
