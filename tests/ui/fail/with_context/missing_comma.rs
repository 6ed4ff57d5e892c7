use contextvars::{context_var, with_context};

#[context_var]
static USER: u8;

#[with_context(fresh USER = 1)]
async fn run() {}

fn main() {}
