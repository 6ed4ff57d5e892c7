use contextvars::with_context;

#[with_context]
trait Service {
    async fn call(&self);
}

fn main() {}
