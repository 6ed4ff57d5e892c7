//! `#[timeout]` of `ntest` runs the test's body on a thread of its own: the context is entered there.

use contextvars::{context_var, with_context};
use ntest::timeout;

#[context_var]
static USER: &'static str = "nobody";

#[with_context(in_place, USER = "bound")]
#[test]
#[timeout(10_000)]
fn first() {
    assert_eq!(USER.get(), "bound");
}

#[test]
#[with_context(in_place, USER = "bound")]
#[timeout(10_000)]
fn between() -> Result<(), std::num::ParseIntError> {
    let _: u8 = "1".parse()?;
    assert_eq!(USER.get(), "bound");
    Ok(())
}
