use contextvars::context_var;

#[context_var(required, local, required)]
static TOKEN: String;

fn main() {}
