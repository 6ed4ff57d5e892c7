//! The syntax of a header's value: a list of members, which every reader here splits in the same way.

/// The name of the header.
pub(super) const HEADER: &str = "baggage";

/// A member of the list, as it stands there.
#[derive(Clone, Copy)]
pub(super) struct ListMember<'a> {
    /// All of it, with its properties, without the blanks around it.
    pub(super) whole: &'a [u8],
    pub(super) name: &'a [u8],
    /// What stands between the first `=` and the properties, or `None` if there is no `=`.
    pub(super) value: Option<&'a [u8]>,
}

#[cfg(feature = "opentelemetry")]
impl<'a> ListMember<'a> {
    /// What stands after the first `;`.
    pub(super) fn properties(self) -> &'a [u8] {
        cut(self.whole, b';').map_or(&[], |(_, properties)| properties)
    }
}

/// The members of a line. What is empty is none.
pub(super) fn members(line: &[u8]) -> impl Iterator<Item = ListMember<'_>> {
    let members = line.split(|byte| *byte == b',').map(trim);
    members.filter(|whole| !whole.is_empty()).map(|whole| {
        let (pair, _) = cut(whole, b';').unwrap_or((whole, &[]));
        let (name, value) = match cut(pair, b'=') {
            Some((name, value)) => (name, Some(trim(value))),
            None => (pair, None),
        };
        let name = trim(name);
        ListMember { whole, name, value }
    })
}

/// What is before the first such byte, and what is after it.
fn cut(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let position = text.iter().position(|byte| *byte == at)?;
    Some((&text[..position], &text[position + 1..]))
}

/// Without the blanks and tabs at the ends, which HTTP allows around what is in a list.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
