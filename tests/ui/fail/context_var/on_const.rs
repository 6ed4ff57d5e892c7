use contextvars::context_var;

#[context_var]
const COUNT: u8 = 0;

fn main() {}
