use contextvars::with_context;

#[with_context(empty, fresh, fresh)]
fn main() {
    let one = #[with_context]
    || 1;
    let two = #[with_context(never)]
    move || 2;
    one() + two();
}
