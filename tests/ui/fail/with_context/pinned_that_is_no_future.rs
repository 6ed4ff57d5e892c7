use contextvars::with_context;
use std::pin::Pin;

/// Such as those of actors.
trait ActorTask {}

impl<F: Future> ActorTask for F {}

type Response = Pin<Box<dyn ActorTask>>;

#[with_context]
fn handle() -> Response {
    Box::pin(async {})
}

#[with_context]
fn start() -> usize {
    let handle = #[with_context]
    move || -> Response { Box::pin(async {}) };
    size_of_val(&handle())
}

fn main() {
    drop(handle());
    start();
}
