use contextvars::with_context;

use futures::stream::BoxStream;
use std::pin::Pin;

type Reply = Pin<Box<dyn Future<Output = u8> + Send>>;
type Items<T> = Result<BoxStream<'static, T>, ()>;

struct Service;

#[with_context]
impl Service {
    async fn load(&self) {}

    fn reply(&self) -> Reply {
        Box::pin(async { 1 })
    }

    fn optional(&self) -> Option<Reply> {
        None
    }

    fn items<T>(&self) -> Items<T> {
        Err(())
    }
}

fn main() {}
