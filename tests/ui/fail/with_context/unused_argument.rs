#![deny(unused_variables)]

use contextvars::with_context;

#[with_context]
async fn run(first: String, (second, _): (u8, u8), third: &str, fourth: u8) {}

#[with_context]
fn run_now(first: String, (second, _): (u8, u8), third: &str, fourth: u8) {
    let call = #[with_context]
    move |fifth: String, sixth| {};
    call(String::new(), 1);
}

fn main() {
    drop(run(String::new(), (1, 1), "", 1));
    run_now(String::new(), (1, 1), "", 1);
}
