//! What a task that nobody has annotated finds where it is polled.

use contextvars::{Context, SetError, context_var};

use crate::yield_now;

#[context_var]
pub static USER: &'static str;
#[context_var]
pub static NUMBER: usize;
#[context_var(local)]
static TRANSACTION: usize;

/// Whether there is nothing here, and nothing can be left: what is refused is handed back.
#[must_use]
pub fn is_untouched() -> bool {
    let user = USER.try_set("mallory").map_err(SetError::into_value);
    let transaction = TRANSACTION.try_set(1).map_err(SetError::into_value);
    Context::current().is_empty() && !TRANSACTION.is_set() && matches!((user, transaction), (Err("mallory"), Err(1)))
}

/// What a task with no context of its own finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// At its first poll, and at its second.
    pub users: [Option<&'static str>; 2],
    pub may_write: bool,
}

impl Found {
    pub const NOTHING: Self = Self {
        users: [None, None],
        may_write: false,
    };

    /// Whoever polls it is alice.
    pub const ALL_OF_ALICE: Self = Self {
        users: [Some("alice"), Some("alice")],
        may_write: true,
    };
}

/// A task with no context of its own. Where it may, it sets the number to the greatest there is.
pub async fn bare() -> Found {
    let first = USER.get();
    let may_write = may_write();
    yield_now().await;
    Found {
        users: [first, USER.get()],
        may_write,
    }
}

/// Sets the number, if it may, to the greatest there is.
#[must_use]
pub fn may_write() -> bool {
    match NUMBER.try_set(usize::MAX) {
        Ok(_) => true,
        Err(refused) => {
            assert_eq!(refused.into_value(), usize::MAX, "what is refused is handed back");
            false
        }
    }
}
