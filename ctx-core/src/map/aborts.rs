//! For tests of what ends the process.

use std::env;
use std::process::Command;

/// Calls `f` in another process, in which this test is run alone, and fails if that goes well.
#[track_caller]
pub(crate) fn aborts(test: &str, f: impl FnOnce()) {
    const MARK: &str = "CONTEXTVARS_TEST_ABORTS";

    if env::var_os(MARK).is_some() {
        f();
        return;
    }
    let output = Command::new(env::current_exe().expect("the path of this binary"))
        .args([test, "--exact", "--test-threads=1"])
        .env(MARK, "1")
        .output()
        .expect("the child starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{test} in a child: {}\n{said}", output.status);
    // A test that fails is told of at the end.
    assert!(!said.contains("test result"), "{test} failed in a child:\n{said}");
}
