use contextvars::with_context;

#[with_context]
fn main() {
    let one = #[with_context] { 1 };
    drop(one);
}
