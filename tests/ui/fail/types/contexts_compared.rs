use contextvars::Context;

fn main() {
    let _ = Context::new() == Context::new();
}
