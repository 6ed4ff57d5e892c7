use contextvars::with_context;

#[with_context]
async fn run() -> u8 {
    "one"
}

fn main() {
    drop(run());
}
