//! A user, and the bearer token that proves who it is.

use std::{
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    str::FromStr,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User(u32);

#[derive(Debug)]
pub(crate) struct NotAUser;

impl User {
    pub(crate) fn numbered(number: u32) -> Self {
        Self(number)
    }

    /// The value of an `Authorization` header.
    pub(crate) fn bearer(self) -> String {
        format!("Bearer {self}.{:016x}", self.seal())
    }

    pub(crate) fn from_bearer(header: &str) -> Option<Self> {
        let (name, seal) = header.strip_prefix("Bearer ")?.split_once('.')?;
        let user: Self = name.parse().ok()?;
        (format!("{:016x}", user.seal()) == seal).then_some(user)
    }

    /// Stands in for the signature that a real token carries.
    fn seal(self) -> u64 {
        let mut hasher = DefaultHasher::new();
        ("the gateway's secret", self.0).hash(&mut hasher);
        hasher.finish()
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user-{:04}", self.0)
    }
}

impl FromStr for User {
    type Err = NotAUser;

    fn from_str(name: &str) -> Result<Self, NotAUser> {
        let number = name.strip_prefix("user-").ok_or(NotAUser)?;
        number.parse().map(Self).map_err(|_| NotAUser)
    }
}

impl fmt::Display for NotAUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a user's name")
    }
}

impl std::error::Error for NotAUser {}
