use contextvars::with_context;

static USER: u8 = 0;

#[with_context(USER = 1)]
async fn run() {}

fn main() {}
