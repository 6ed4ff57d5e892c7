use contextvars::with_context;

#[with_context]
fn main() {
    #[with_context]
    let one;
    one = 1;
    drop(one);
}
