use contextvars::with_context;

#[with_context(fresh, fresh)]
async fn run() {}

fn main() {}
