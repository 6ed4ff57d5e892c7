//! [`LeftOut`]: what was not sent.

use std::fmt;

/// A variable that is bound, and was not sent. Given by [`inject`](crate::baggage::Baggage::inject).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The name that it would have been sent under.
    pub name: &'static str,
    /// Why it was not.
    pub reason: LeftOutReason,
}

/// Why a variable was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftOutReason {
    /// Its text is empty. Some readers drop such a member, and some drop the whole header for it.
    Empty,
    /// The member, name and encoded value, is longer than this limit in bytes.
    TooLong(usize),
    /// The header has this number of members, which is the limit.
    TooMany(usize),
    /// The header would be longer than this limit in bytes: the smaller of that of the `Baggage` and that of the
    /// carrier.
    NoRoom(usize),
    /// Its `Display` has returned an error.
    Unwritable,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is left out: {}", self.name, self.reason)
    }
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("its value is empty"),
            Self::TooLong(limit) => write!(f, "it takes more than {limit} bytes"),
            Self::TooMany(limit) => write!(f, "the header has {limit} members already"),
            Self::NoRoom(limit) => write!(f, "the header would take more than {limit} bytes"),
            Self::Unwritable => f.write_str("its `Display` returned an error"),
        }
    }
}
