use contextvars::context_var;

#[context_var]
static COUNT: u8 = "none";

fn main() {}
