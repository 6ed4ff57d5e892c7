use contextvars::with_context;

use std::pin::Pin;

#[with_context]
fn boxed() -> Pin<Box<impl Future<Output = u8>>> {
    Box::pin(async { 1 })
}

#[with_context]
async fn boxed_later() -> Pin<Box<impl Future<Output = u8>>> {
    Box::pin(async { 1 })
}

fn main() {}
