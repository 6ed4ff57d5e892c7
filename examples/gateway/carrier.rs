//! The way the signed-in user reaches code that is not handed it: the one difference between a run
//! that keeps identities apart and one that mixes them up.

use std::{cell::Cell, sync::OnceLock};

use contextvars::context_var;

use crate::user::User;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    ContextVars,
    ThreadLocal,
}

#[context_var]
static USER: User;

thread_local! {
    static THREAD_USER: Cell<Option<User>> = const { Cell::new(None) };
}

static INSTALLED: OnceLock<Carrier> = OnceLock::new();

impl Carrier {
    pub(crate) const ALL: [Self; 2] = [Self::ContextVars, Self::ThreadLocal];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ContextVars => "contextvars",
            Self::ThreadLocal => "thread-local",
        }
    }

    /// Handlers have no argument to learn the carrier from, so it is the process's.
    pub(crate) fn install(self) {
        INSTALLED
            .set(self)
            .expect("the carrier is installed once, before the first request");
    }

    fn installed() -> Self {
        *INSTALLED.get().expect("`main` installs a carrier")
    }
}

/// The user of the request that is being served, as far as the carrier knows.
pub(crate) fn user() -> Option<User> {
    match Carrier::installed() {
        Carrier::ContextVars => USER.get(),
        Carrier::ThreadLocal => THREAD_USER.get(),
    }
}

/// Signs `user` in until the middleware leaves.
#[must_use = "dropping it signs the user out"]
pub(crate) fn sign_in(user: User) -> SignedIn {
    match Carrier::installed() {
        Carrier::ContextVars => {
            USER.set(user);
        }
        Carrier::ThreadLocal => THREAD_USER.set(Some(user)),
    }
    SignedIn
}

/// Clears the thread that the request *ends* on. The threads it visited keep its user, and the
/// user it finds there may be another's; a context needs no clearing, it ends with its request.
#[derive(Debug)]
pub(crate) struct SignedIn;

impl Drop for SignedIn {
    fn drop(&mut self) {
        if Carrier::installed() == Carrier::ThreadLocal {
            THREAD_USER.set(None);
        }
    }
}
