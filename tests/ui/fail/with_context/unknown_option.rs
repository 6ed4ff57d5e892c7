use contextvars::with_context;

#[with_context(empty)]
async fn run() {}

fn main() {}
