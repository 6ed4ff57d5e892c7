use contextvars::context_var;

#[context_var]
static CALLBACK: Box<dyn Fn() + Send>;

fn main() {}
