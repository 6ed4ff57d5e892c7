use contextvars::context_var;

#[context_var("redact")]
static TOKEN: String;

fn main() {}
