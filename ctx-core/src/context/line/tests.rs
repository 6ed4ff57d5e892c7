//! What is kept of a value while it is shown.

use super::{KEPT, Line};
use std::fmt::Write;

/// A value may be larger than the memory that is left.
#[test]
fn no_more_is_kept_than_a_line_shows() {
    for part in ["a", "\u{20ac}", "a\n", "\u{1f980} "] {
        let mut line = Line::default();
        for _ in 0..10_000 {
            line.write_str(part).unwrap();
        }
        assert!(line.text.chars().count() >= 100, "{part:?}");
        assert!(line.text.len() <= KEPT + 5, "{part:?}: {}", line.text.len());
    }
}
