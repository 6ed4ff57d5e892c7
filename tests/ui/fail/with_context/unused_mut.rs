#![deny(unused_mut)]

use contextvars::with_context;

#[with_context]
async fn run(mut text: String) -> String {
    text
}

#[with_context]
fn run_now(mut text: String) -> String {
    text
}

fn main() {
    drop(run(String::new()));
    run_now(String::new());
}
