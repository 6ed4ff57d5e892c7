use contextvars::with_context;

use futures::executor::block_on;

async fn work() {}

#[with_context]
fn main() {
    block_on(work());
}
