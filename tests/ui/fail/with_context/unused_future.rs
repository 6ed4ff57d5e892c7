#![deny(unused_must_use)]

use contextvars::with_context;

#[with_context]
async fn run() {}

fn main() {
    run();
}
