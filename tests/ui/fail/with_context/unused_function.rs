#![deny(dead_code)]

use contextvars::with_context;

#[with_context]
async fn never_called() {}

#[with_context]
fn nor_this() {}

fn main() {}
