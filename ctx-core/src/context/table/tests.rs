//! What is cut to its column.

use super::{PLACE_WIDTH, cut, shortened};

fn cut_to(width: usize, text: &str) -> String {
    let mut text = text.to_owned();
    cut(&mut text, width);
    text
}

/// In characters, not in bytes.
#[test]
fn a_value_that_fits_is_whole() {
    assert_eq!(cut_to(5, "alice"), "alice");
    assert_eq!(cut_to(4, "alice"), "ali…");
    assert_eq!(cut_to(4, "žižek"), "žiž…");
    assert_eq!(cut_to(1, "alice"), "…");
}

/// The crate and the file of a dependency are at the end.
#[test]
fn a_long_path_shows_its_end() {
    let short = "a/path/of/exactly/forty/letters/it.rs:99";
    assert_eq!(short.len(), PLACE_WIDTH);
    assert_eq!(shortened(short.to_owned()), short);

    let registry = "/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/auth-1.0.3/src/user.rs:120";
    assert_eq!(shortened(registry.to_owned()), "…/auth-1.0.3/src/user.rs:120");
    let windows = r"C:\Users\alice\.cargo\registry\src\auth-1.0.3\src\user.rs:120";
    assert_eq!(shortened(windows.to_owned()), r"…\src\auth-1.0.3\src\user.rs:120");

    let one_over = format!("x{short}");
    assert_eq!(shortened(one_over), "…/path/of/exactly/forty/letters/it.rs:99");
    let file = format!("{}.rs:7", "ž".repeat(50));
    let shown = shortened(file);
    assert_eq!(shown.chars().count(), PLACE_WIDTH);
    assert!(shown.starts_with("…ž") && shown.ends_with("ž.rs:7"), "{shown}");
}
