use contextvars::with_context;

use std::future::Ready;

trait Job: Future<Output = u8> {}

impl Job for Ready<u8> {}

#[with_context]
fn job() -> impl Job {
    std::future::ready(1)
}

#[with_context]
async fn job_in_an_option() -> Option<impl Job> {
    Some(std::future::ready(1))
}

fn main() {}
