use contextvars::with_context;

#[with_context]
fn run() -> u8 {
    "one"
}

fn main() {
    run();
}
