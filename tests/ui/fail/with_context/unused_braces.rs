#![deny(unused_braces, unused_parens)]

use contextvars::with_context;

#[with_context]
async fn braces() -> u8 {
    let one = { 1 };
    (one)
}

fn main() {
    drop(braces());
}
