use contextvars::with_context;

fn main() {
    #[with_context]
    let one = move || 1;
    one();
}
