use contextvars::Context;

fn main() {
    let context = Context::new();
    let mut iter = context.iter();
    let one = || iter.next().is_some();
    let two = || iter.next().is_some();
    let _ = (one, two);
}
