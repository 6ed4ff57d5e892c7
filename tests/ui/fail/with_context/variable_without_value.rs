use contextvars::{context_var, with_context};

#[context_var]
static USER: u8;

#[with_context(USER)]
async fn run() {}

fn main() {}
