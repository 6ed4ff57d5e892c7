use contextvars::with_context;

#[with_context]
fn main() {
    let mut count = 0;
    let mut add = #[with_context]
    || count += 1;
    add();
}
