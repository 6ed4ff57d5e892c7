//! What a `Baggage` sends under a name.

use super::codec::Codec;

/// A name, and what is sent under it.
pub(super) struct Member {
    pub(super) name: &'static str,
    /// The identifier of the variable, if it is one.
    pub(super) variable: Option<&'static str>,
    /// Whether an error that its text causes may be shown: such an error may quote the text.
    pub(super) is_secret: bool,
    pub(super) content: Content,
}

impl Member {
    /// What it is, for messages.
    pub(super) fn description(&self) -> String {
        match self.variable {
            Some(variable) => format!("context variable `{variable}`"),
            None => "the time of sending".to_owned(),
        }
    }
}

pub(super) enum Content {
    Variable(Box<dyn Codec>),
    /// The time at which the header is written.
    SentAt,
}

/// The place in a list of the member with this name.
///
/// `expected` is where it is if the names come in the order of the list, as they do in a header that the same list has
/// written.
pub(super) fn position(members: &[Member], expected: usize, name: &[u8]) -> Option<usize> {
    let has_name = |member: &Member| member.name.as_bytes() == name;
    if members.get(expected).is_some_and(has_name) {
        return Some(expected);
    }
    members.iter().position(has_name)
}

/// Whether a name is sent as it is. These characters stand for themselves in all that reads the header, whether it
/// decodes names or not.
pub(super) fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !name.is_empty() && name.bytes().all(is_plain)
}
