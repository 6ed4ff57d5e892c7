use contextvars::bind;

async fn chat(_socket: u8) {}

fn on_upgrade<F: Future>(callback: impl FnOnce(u8) -> F) {
    drop(callback(1));
}

fn main() {
    on_upgrade(bind!(chat));
}
