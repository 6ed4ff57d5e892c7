use contextvars::with_context;

#[with_context]
async fn run() {
    let later = #[with_context]
    async || {};
    later().await;
}

fn main() {}
