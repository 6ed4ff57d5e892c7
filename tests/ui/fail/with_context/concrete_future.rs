use contextvars::with_context;

use std::future::Ready;

#[with_context]
fn ready() -> Ready<u8> {
    std::future::ready(1)
}

fn main() {}
