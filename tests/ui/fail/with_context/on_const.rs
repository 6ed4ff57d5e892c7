use contextvars::with_context;

#[with_context]
const ONE: u8 = 1;

fn main() {}
