use contextvars::with_context;

#[with_context(fresh = true)]
async fn run() {}

fn main() {}
