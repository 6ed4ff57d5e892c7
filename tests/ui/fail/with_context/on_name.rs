use contextvars::with_context;

#[with_context]
fn main() {
    let one = move || 1;
    drop(#[with_context] one);
}
