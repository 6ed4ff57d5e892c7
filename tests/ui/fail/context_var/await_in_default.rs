use contextvars::context_var;

async fn load() -> u8 {
    0
}

#[context_var]
static COUNT: u8 = load().await;

fn main() {
    COUNT.get();
}
