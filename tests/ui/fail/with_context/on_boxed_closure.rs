use contextvars::with_context;

#[with_context]
fn main() {
    #[with_context]
    let call = Box::new(move || 1);
    call();
}
