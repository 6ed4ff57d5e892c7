use contextvars::with_context;

use futures::executor::block_on;

async fn work() {}

#[with_context]
fn main() {
    let work = work();
    block_on(work);
}
