use contextvars::context_var;

#[context_var(crate)]
static TOKEN: String;

fn main() {}
