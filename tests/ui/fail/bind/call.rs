use contextvars::bind;

async fn chat(_socket: u8) {}

fn main() {
    drop(bind!(chat(1)));
}
