//! What carries the variables' values: the crate, or what services did before they were async.

use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    ContextVars,
    /// Each thread has the values; wrappers, snapshots and bound closures carry none.
    ThreadLocal,
}

static INSTALLED: OnceLock<Carrier> = OnceLock::new();

impl Carrier {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ContextVars => "contextvars",
            Self::ThreadLocal => "a thread-local",
        }
    }

    /// Tasks have no argument to learn the carrier from, so it is the process's.
    pub(crate) fn install(self) {
        INSTALLED
            .set(self)
            .expect("the carrier is installed once, before the first task");
    }

    pub(crate) fn installed() -> Self {
        *INSTALLED.get().expect("a run installs a carrier first")
    }
}
