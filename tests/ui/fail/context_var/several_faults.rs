use contextvars::context_var;

#[context_var(hidden, redact, redact)]
static mut TOKENS: Vec<_>;

fn main() {}
