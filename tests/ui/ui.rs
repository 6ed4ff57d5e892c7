//! What the types and the macros refuse, and what is said to it. What must compile beside it is tests of their own.
//!
//! One fault a file. The wording around our messages is the compiler's, so it is pinned to one: with another the test is
//! ignored. To move it, change the version here and run `TRYBUILD=overwrite cargo test -p contextvars-ui`.

// A case that must pass, among them, and each of the others is built on its own.
#[rustversion::attr(not(stable(1.95)), ignore = "the expected messages are those of rustc 1.95")]
#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/types/*.rs");
    cases.compile_fail("fail/bind/*.rs");
    cases.compile_fail("fail/context_var/*.rs");
    cases.compile_fail("fail/with_context/*.rs");
    cases.compile_fail("fail/tokio/*.rs");
}
