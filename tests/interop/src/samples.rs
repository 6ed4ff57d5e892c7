//! The values: plain ones that tell, and random ones.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::kinds::is_separator;

const TOTAL: usize = 1_000;
pub(crate) const SEED: u64 = 16;

/// What people send, and what the characters of the header's own syntax do to it.
pub(crate) const PLAIN: [&str; 74] = [
    // Names and numbers.
    "alice",
    "0",
    "-1",
    "3.14",
    "true",
    "null",
    "tenant-7",
    "a.b_c~d",
    "2026-12-01T09:30:00Z",
    "9f86d081884c7d65",
    // Empty, and blank.
    "",
    " ",
    "\t",
    "   ",
    // Blanks at the ends.
    " a",
    "a ",
    " a ",
    "\ta",
    "a\t",
    "\u{a0}a",
    "a\u{3000}",
    "\na",
    "a\n",
    "a\r\n",
    "\u{1c}a",
    "a\u{1f}",
    // Blanks inside.
    "a b",
    "a  b",
    "a\tb",
    "Ada King, Countess of Lovelace",
    // Plus and per cent.
    "+",
    "a+b",
    "1 + 1",
    "+41 44 668 18 00",
    "%",
    "100%",
    "a%b",
    "%41",
    "100%25",
    "%zz",
    "%e9",
    "%F0%9F",
    "a%20b",
    // What separates.
    ",",
    "a,b",
    ";",
    "a;b",
    "a;prop=1",
    "=",
    "a=b",
    "a==",
    "k=v;p,k2=v2",
    "dGVuYW50Cg==",
    // Quotes and their like.
    "\"",
    "\"quoted\"",
    "it's",
    "\\",
    "C:\\new",
    "`a`",
    "{\"user\":\"alice\",\"roles\":[1,2]}",
    "<a href='/?q=1&r=2'>",
    "https://example.org/a?b=c&d=%C3%A9#e",
    // Line ends and other controls, inside.
    "a\nb",
    "a\r\nb: c",
    "a\u{0}b",
    "a\u{7f}b",
    "a\u{85}b",
    "a\u{2028}b",
    // Other scripts.
    "é",
    "Zürich",
    "東京",
    "שלום",
    "👩‍👩‍👧‍👦 🇨🇭",
    "\u{feff}a\u{10ffff}",
];

/// The same ones at each call.
pub(crate) fn samples() -> Vec<String> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let plain = PLAIN.iter().map(ToString::to_string);
    plain
        .chain(std::iter::repeat_with(|| text(&mut random)))
        .take(TOTAL)
        .collect()
}

/// One to 24 characters, of which the first and the last are no white space, for Python neither: what that does, the
/// plain ones tell.
fn text(random: &mut ChaCha8Rng) -> String {
    loop {
        let length = 1 + random.next_u32() % 24;
        let text: String = (0..length).map(|_| character(random)).collect();
        if text.trim() == text && text.trim_matches(is_separator) == text {
            return text;
        }
    }
}

fn character(random: &mut ChaCha8Rng) -> char {
    loop {
        let limit = [0x80, 0x80, 0x100, 0x800, 0x1_0000, 0x11_0000][random.next_u32() as usize % 6];
        // A surrogate is no character.
        if let Some(character) = char::from_u32(random.next_u32() % limit) {
            return character;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_are_the_same_each_time() {
        assert_eq!(samples().len(), TOTAL);
        assert_eq!(samples(), samples());
    }

    #[test]
    fn no_plain_value_is_there_twice() {
        let mut plain = PLAIN.to_vec();
        plain.sort_unstable();
        plain.dedup();
        assert_eq!(plain.len(), PLAIN.len());
    }
}
