use contextvars::with_context;

use std::future::Ready;

#[with_context]
fn ready(is_some: bool) -> Option<Ready<u8>> {
    is_some.then(|| std::future::ready(1))
}

fn main() {}
