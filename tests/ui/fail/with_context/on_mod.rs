use contextvars::with_context;

#[with_context]
mod service {}

fn main() {}
