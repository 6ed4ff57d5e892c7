#![deny(unreachable_pub)]

mod service {
    use contextvars::with_context;

    #[with_context]
    pub async fn run() -> u8 {
        1
    }
}

fn main() {
    drop(service::run());
}
