use contextvars::with_context;

#[with_context(in_place = true)]
async fn handler() {}

#[with_context(in_place(fresh))]
async fn other() {}

fn main() {
    let _futures = (handler(), other());
}
