use contextvars::with_context;

#[with_context]
enum Service {}

fn main() {}
