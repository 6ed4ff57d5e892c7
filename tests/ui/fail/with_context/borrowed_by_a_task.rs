use contextvars::with_context;

#[with_context]
async fn run(text: &str) -> usize {
    text.len()
}

fn main() {
    let text = String::new();
    tokio::spawn(run(&text));
}
