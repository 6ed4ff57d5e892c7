use contextvars::Context;

fn main() {
    Context::new().run();
}
