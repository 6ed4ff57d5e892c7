use contextvars::with_context;

trait Service {
    #[with_context]
    async fn call(&self);
}

fn main() {}
