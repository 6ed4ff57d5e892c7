#![deny(warnings, unreachable_pub, unused_qualifications)]

use contextvars::context_var;

/// Documented.
#[context_var]
pub static REQUEST_ID: String = "unknown".to_owned();

#[context_var(redact, required, crate = ::contextvars)]
pub(crate) static TOKEN: Vec<u8>;

fn main() {
    #[context_var]
    static LOCAL: Option<Box<dyn Fn(&str) -> u8 + Send + Sync>> = None;

    assert_eq!(REQUEST_ID.get(), "unknown");
    assert_eq!(TOKEN.get(), None);
    assert!(LOCAL.with(Option::is_none));
}
