//! Percent-encoding: how a value is written so that every reader gets it back exactly, and how one is read.

use std::borrow::Cow;
use std::fmt;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Whether a byte stands for itself: the unreserved characters of RFC 3986, and no others. Some readers take `+` for a
/// blank, and some decode what others leave as it is; all agree on these.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Encodes what is written to it, up to so many bytes.
pub(super) struct Encoder<'a> {
    line: &'a mut Vec<u8>,
    end: usize,
    is_full: bool,
}

impl<'a> Encoder<'a> {
    /// Appends to `line`, until it has `end` bytes.
    pub(super) fn new(line: &'a mut Vec<u8>, end: usize) -> Self {
        Self {
            line,
            end,
            is_full: false,
        }
    }

    /// Whether something was written that does not fit.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }
}

impl fmt::Write for Encoder<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while let Some(&first) = rest.first() {
            let plain = rest.iter().position(|&byte| !is_plain(byte)).unwrap_or(rest.len());
            let (written, taken) = if plain > 0 { (plain, plain) } else { (3, 1) };
            if self.line.len() + written > self.end {
                self.is_full = true;
                return Err(fmt::Error);
            }
            if plain > 0 {
                self.line.extend_from_slice(&rest[..plain]);
            } else {
                let (high, low) = (usize::from(first >> 4), usize::from(first & 15));
                self.line.extend_from_slice(&[b'%', HEX[high], HEX[low]]);
            }
            rest = &rest[taken..];
        }
        Ok(())
    }
}

/// The value that an encoded one stands for, or `None` if its bytes are not UTF-8. A `%` that no two hex digits follow
/// is text.
pub(super) fn decode(encoded: &[u8], is_plus_space: bool) -> Option<Cow<'_, str>> {
    let is_special = |byte: &u8| *byte == b'%' || (is_plus_space && *byte == b'+');
    if !encoded.iter().any(is_special) {
        return std::str::from_utf8(encoded).ok().map(Cow::Borrowed);
    }
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let byte = match (first, after) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => first,
            },
            (b'+', _) if is_plus_space => b' ',
            _ => first,
        };
        decoded.push(byte);
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
