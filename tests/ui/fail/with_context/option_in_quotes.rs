use contextvars::with_context;

#[with_context("fresh")]
async fn run() {}

fn main() {}
