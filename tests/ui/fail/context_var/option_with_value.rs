use contextvars::context_var;

#[context_var(redact = true)]
static TOKEN: String;

fn main() {}
