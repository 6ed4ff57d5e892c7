use contextvars::bind;

async fn fetch() -> u8 {
    1
}

fn try_fetch() -> Result<impl Future<Output = u8>, String> {
    Ok(fetch())
}

fn main() {
    drop(bind!(|| try_fetch())());
}
