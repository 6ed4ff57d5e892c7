use contextvars::context_var;

#[context_var(required = true)]
static TOKEN: String;

fn main() {}
