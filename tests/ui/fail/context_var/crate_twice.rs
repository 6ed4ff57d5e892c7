use contextvars::context_var;

#[context_var(crate = contextvars, crate = ::contextvars)]
static TOKEN: String;

fn main() {}
