//! `tests/SHAPES.md` names each shape, and what it names exists.

use std::fs;
use std::path::Path;

/// The shapes: a number is never given to another.
const NUMBERS: [std::ops::RangeInclusive<u32>; 11] = [
    1..=22,
    24..=38,
    40..=49,
    52..=53,
    55..=59,
    84..=85,
    62..=63,
    65..=67,
    70..=71,
    73..=78,
    80..=83,
];

struct Row {
    number: u32,
    checks: Vec<String>,
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let [number, .., checks] = &cells[..] else { return None };
        Some(Self {
            number: number.trim().parse().ok()?,
            checks: checks.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
        })
    }
}

fn table() -> Vec<Row> {
    include_str!("../SHAPES.md").lines().filter_map(Row::parse).collect()
}

#[test]
fn every_shape_has_a_row() {
    let numbers: Vec<u32> = table().iter().map(|row| row.number).collect();
    let expected: Vec<u32> = NUMBERS.into_iter().flatten().collect();
    assert_eq!(numbers, expected);
}

#[test]
fn what_a_row_names_exists() {
    for Row { number, checks } in table() {
        assert!(!checks.is_empty(), "{number} is checked by nothing");
        for check in checks {
            assert!(exists(&check), "{number}: there is no `{check}`");
        }
    }
}

/// The crates beside this one are not in its package: there, what is checked in them is taken as given.
fn exists(check: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let in_file = |path: &Path, test: &str| {
        let source = fs::read_to_string(path).unwrap_or_default();
        source.contains(&format!("fn {test}("))
    };
    if let Some(case) = check.strip_prefix("ui/") {
        let cases = root.join("tests/ui");
        return !cases.is_dir() || cases.join(format!("{case}.rs")).is_file();
    }
    if let Some(name) = check.strip_prefix("crates/") {
        let crates = root.join("tests/crates");
        return !crates.is_dir() || crates.join(name).join("Cargo.toml").is_file();
    }
    let Some((place, test)) = check.split_once("::") else {
        return false;
    };
    if place.starts_with("ctx-macros/") {
        return !root.join("ctx-macros").is_dir() || in_file(&root.join(place), test);
    }
    in_file(&root.join(format!("tests/macros/{place}.rs")), test)
}
