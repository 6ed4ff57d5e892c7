use contextvars::with_context;

async fn work() {}

#[with_context]
fn main() {
    let executor = smol::LocalExecutor::new();
    smol::block_on(executor.run(work()));
}
