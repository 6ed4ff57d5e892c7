//! What the guides show of crates that this one is not built with is copied from the tests that are.
//!
//! A block of Rust in `docs/` is a test by itself. One that needs a framework is marked `rs` instead, and stands, line by line,
//! in a test of the workspace that has the framework.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the tests of frameworks lie. The published crate has none of them.
const TESTS: [&str; 3] = [
    "tests/frameworks/processes/tests",
    "tests/frameworks/web/tests",
    "tests/crates/ecosystem/tests",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|is| is == extension) {
            found.push(path);
        }
    }
    found
}

/// The lines that say something, each without its indentation.
fn lines(text: &str) -> String {
    let said = text.lines().map(str::trim).filter(|line| !line.is_empty());
    said.flat_map(|line| [line, "\n"]).collect()
}

/// The blocks of a page that are marked `rs`.
fn copied_blocks(page: &str) -> Vec<&str> {
    let after = page.split("```rs\n").skip(1);
    after.map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

#[test]
fn what_needs_a_framework_is_copied_from_its_tests() {
    let tests = TESTS.map(|dir| root().join(dir));
    if !tests.iter().all(|dir| dir.exists()) {
        return;
    }
    let sources = tests.iter().flat_map(|dir| files(dir, "rs"));
    let sources: Vec<_> = sources
        .map(|path| lines(&fs::read_to_string(path).expect("a file")))
        .collect();
    let mut blocks = 0;
    for path in files(&root().join("docs"), "md") {
        let page = fs::read_to_string(&path).expect("a file");
        for block in copied_blocks(&page) {
            blocks += 1;
            let copied = lines(block);
            let is_there = sources.iter().any(|source| source.contains(&copied));
            assert!(is_there, "{} shows what no test has:\n{block}", path.display());
        }
    }
    assert!(blocks >= 10, "{blocks} blocks: the frameworks have more");
}
