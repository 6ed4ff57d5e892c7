use contextvars::with_context;

#[with_context(crate = contextvars, crate = ::contextvars)]
async fn run() {}

fn main() {}
