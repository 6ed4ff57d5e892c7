//! Whose request it is, and under which names that leaves the process.

use std::fmt;
use std::sync::LazyLock;

use contextvars::baggage::Baggage;
use contextvars::{Context, context_var};
use serde::{Deserialize, Serialize};

#[context_var]
pub(crate) static USER: String;

#[context_var]
pub(crate) static TENANT: String;

/// A `+` is a blank, because the worker in Python writes it so. Our own writer leaves no `+` as it is.
pub(crate) static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| {
    Baggage::new()
        .with("user.id", &USER)
        .with("tenant", &TENANT)
        .plus_is_space(true)
});

/// What a payload says of the request's owner, so that each hop can compare it with what has arrived in the headers.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message, Serialize, Deserialize)]
pub(crate) struct Identity {
    #[prost(string, tag = "1")]
    pub(crate) user: String,
    #[prost(string, tag = "2")]
    pub(crate) tenant: String,
}

impl Identity {
    /// The one that is bound in the current context.
    pub(crate) fn bound() -> Option<Self> {
        Some(Self {
            user: USER.get()?,
            tenant: TENANT.get()?,
        })
    }

    pub(crate) fn bind(self) {
        USER.set(self.user);
        TENANT.set(self.tenant);
    }

    pub(crate) fn into_context(self) -> Context {
        Context::new().with(&USER, self.user).with(&TENANT, self.tenant)
    }

    /// As people sign in: `user@tenant`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (user, tenant) = name.rsplit_once('@')?;
        Some(Self {
            user: user.to_owned(),
            tenant: tenant.to_owned(),
        })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.user, self.tenant)
    }
}
