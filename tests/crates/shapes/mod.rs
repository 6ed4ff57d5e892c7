//! What the macros meet, written so that it means the same in every edition, under every lint, and without a prelude:
//! each file names all that it uses.
//!
//! It is part of several crates, each of which runs these tests.

mod bound;
mod closures;
mod functions;
mod methods;
mod returned;
mod variables;

use ::std::boxed::Box;
use ::std::future::{Future, poll_fn};
use ::std::task::{Context, Poll, Waker};

#[::contextvars::context_var]
static USER: &'static str = "nobody";

/// Polls until the future is ready.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// Is pending once.
async fn pause() {
    let mut is_done = false;
    poll_fn(|_| {
        if is_done {
            return Poll::Ready(());
        }
        is_done = true;
        Poll::Pending
    })
    .await;
}
