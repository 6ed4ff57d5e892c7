use contextvars::with_context;

async fn one() -> u8 {
    1
}

#[with_context]
async fn run() -> u8 {
    one().await;
}

fn main() {
    drop(run());
}
