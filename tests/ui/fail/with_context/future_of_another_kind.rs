use contextvars::with_context;
use std::pin::Pin;

/// As actix has it.
trait ActorFuture {
    type Output;
}

impl<F: Future> ActorFuture for F {
    type Output = F::Output;
}

type ResponseActFuture<T> = Pin<Box<dyn ActorFuture<Output = T>>>;

struct AtomicResponse<T>(ResponseActFuture<T>);

#[with_context]
fn boxed() -> ResponseActFuture<u8> {
    let n = 1;
    Box::pin(async move { n })
}

#[with_context]
fn atomic() -> AtomicResponse<u8> {
    AtomicResponse(Box::pin(async { 1 }))
}

fn main() {
    boxed();
    atomic();
}
