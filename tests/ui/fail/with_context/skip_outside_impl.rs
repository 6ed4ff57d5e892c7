use contextvars::with_context;

#[with_context(skip)]
async fn run() {}

fn main() {}
