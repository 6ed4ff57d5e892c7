use contextvars::with_context;

#[with_context]
fn main() {
    let calls = vec![#[with_context] move || 1];
    calls[0]();
}
