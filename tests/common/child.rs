//! Tests that need a process of their own: the test runs itself again in a child.

use std::env;
use std::process::Command;

const MARK: &str = "CONTEXTVARS_TEST_CHILD";

/// In the child, runs `scenario` and says what it returns; in the parent, runs this very test in a child and
/// gives what the child said.
///
/// # Panics
///
/// Panics in the parent when the child did not exit with success, or ended before `scenario` did.
#[track_caller]
pub(crate) fn in_a_child(test: &str, scenario: impl FnOnce() -> String) -> Option<String> {
    if env::var_os(MARK).is_some() {
        // A line of its own: the harness has begun one with the test's name.
        println!("\n{MARK}:{}", scenario());
        return None;
    }
    let output = Command::new(env::current_exe().expect("the path of this binary"))
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(MARK, "1")
        .output()
        .expect("the child starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{test} in a child: {}\n{said}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr),
    );
    let mark = format!("{MARK}:");
    let line = said.lines().find_map(|line| line.strip_prefix(&*mark));
    Some(
        line.unwrap_or_else(|| panic!("{test}: the child ran no such test\n{said}"))
            .to_owned(),
    )
}
