use contextvars::with_context;

use std::rc::Rc;

#[with_context]
async fn run() {
    let shared = Rc::new(1);
    std::future::ready(()).await;
    drop(shared);
}

fn main() {
    tokio::spawn(run());
}
