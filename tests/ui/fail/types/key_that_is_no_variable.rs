use contextvars::Context;

fn main() {
    let context = Context::new();
    let _ = context.get("USER");
    let _ = context.contains("USER");
}
