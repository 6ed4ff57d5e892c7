//! [`Rejected`]: what was received and not taken.

use std::fmt;

/// A member of the header that has the name of a variable, and was not taken. Given by
/// [`extract`](crate::baggage::Baggage::extract).
///
/// Whoever sent the header has chosen what stands in it. So `Display` escapes what comes from there, and a log line
/// stays one line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// The name of the member.
    pub name: &'static str,
    /// Why it was not taken.
    pub reason: RejectedReason,
}

/// Why a member was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RejectedReason {
    /// It has no `=`.
    NoValue,
    /// A later member has the same name, and is taken in its place.
    Replaced,
    /// It is longer than this limit in bytes, name and encoded value.
    TooLong(usize),
    /// Its bytes are not UTF-8 when they are decoded.
    NotUtf8,
    /// `from_text` or `FromStr` does not take it, for the reason given: what that error displays. The reason is empty
    /// for a secret, since an error may quote what it refuses.
    Refused(String),
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is rejected: {}", self.name, self.reason)
    }
}

impl fmt::Display for RejectedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoValue => f.write_str("it has no value"),
            Self::Replaced => f.write_str("a later one has the same name"),
            Self::TooLong(limit) => write!(f, "it takes more than {limit} bytes"),
            Self::NotUtf8 => f.write_str("it is not UTF-8"),
            Self::Refused(reason) if reason.is_empty() => f.write_str("its value is refused"),
            Self::Refused(reason) => write!(f, "its value is refused: {}", reason.escape_debug()),
        }
    }
}
