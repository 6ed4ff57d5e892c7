use contextvars::with_context;

#[with_context]
static ONE: u8 = 1;

fn main() {}
