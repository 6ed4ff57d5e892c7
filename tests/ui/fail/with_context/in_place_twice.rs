use contextvars::with_context;

#[with_context(in_place, in_place)]
async fn handler() {}

fn main() {
    let _future = handler();
}
