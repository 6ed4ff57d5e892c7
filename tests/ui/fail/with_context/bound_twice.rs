use contextvars::{context_var, with_context};

#[context_var]
static USER: u8;

#[with_context(USER = 1, USER = 2)]
async fn run() {}

fn main() {}
