//! A future by hand: unlike those of the compiler it keeps its fields when it has completed or panicked.

use std::pin::Pin;
use std::task::{Context as Waking, Poll};

pub(crate) struct ByHand<P, B> {
    _probe: P,
    body: B,
    then: Then,
}

/// What the future does at each poll, after its body.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    Wait,
    Complete,
    Panic,
}

impl<P, B> ByHand<P, B> {
    pub(crate) fn new(probe: P, body: B, then: Then) -> Self {
        Self {
            _probe: probe,
            body,
            then,
        }
    }
}

impl<P: Unpin, B: FnMut() + Unpin> Future for ByHand<P, B> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<()> {
        (self.body)();
        match self.then {
            Then::Wait => Poll::Pending,
            Then::Complete => Poll::Ready(()),
            Then::Panic => panic!("expected"),
        }
    }
}
