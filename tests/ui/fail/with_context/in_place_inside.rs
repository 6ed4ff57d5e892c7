use contextvars::with_context;

#[with_context]
fn handler() {
    let closure = #[with_context(in_place)]
    move || 1;
    let block = #[with_context(in_place)]
    async { 2 };
    drop((closure(), block));
}

fn main() {
    handler();
}
