use contextvars::with_context;

#[with_context]
async fn run() -> u8 {
    #[with_context]
    async { 1 }.await
}

fn main() {}
