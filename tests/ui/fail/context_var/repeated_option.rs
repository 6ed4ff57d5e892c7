use contextvars::context_var;

#[context_var(redact, redact)]
static TOKEN: String;

fn main() {}
