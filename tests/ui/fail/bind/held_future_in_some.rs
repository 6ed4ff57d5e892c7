use contextvars::bind;

async fn fetch() -> u8 {
    1
}

fn main() {
    drop(bind!(|| Some(fetch()))());
}
