//! What the types and the macros refuse, and what is said to it; what must compile without a warning.
//!
//! One fault a file. The wording around our messages is the compiler's, so it is pinned to one: with another the test is
//! ignored. To move it, change the version here and run `TRYBUILD=overwrite cargo test --test ui`.

#[rustversion::attr(not(stable(1.95)), ignore = "the expected messages are those of rustc 1.95")]
#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*/*.rs");
    cases.compile_fail("tests/ui/fail/types/*.rs");
    cases.compile_fail("tests/ui/fail/context_var/*.rs");
    cases.compile_fail("tests/ui/fail/with_context/*.rs");
}
