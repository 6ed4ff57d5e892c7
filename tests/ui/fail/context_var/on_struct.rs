use contextvars::context_var;

#[context_var]
struct Token;

fn main() {}
