use contextvars::with_context;

#[with_context]
fn main() {
    let text = #[with_context] format!("text");
    drop(text);
}
