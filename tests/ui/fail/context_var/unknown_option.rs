use contextvars::context_var;

#[context_var(hidden)]
static TOKEN: String;

fn main() {}
