use contextvars::with_context;

fn main() {
    drop(#[with_context] move || 1);
}
