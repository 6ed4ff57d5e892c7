#![deny(unreachable_code)]

use contextvars::with_context;

#[with_context]
async fn run() -> u8 {
    return 1;
    2
}

fn main() {
    drop(run());
}
