//! Code that the optimiser can't look into, as it can't into a user's.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A function of the user's.
#[inline(never)]
pub(crate) fn call() -> u64 {
    black_box(1)
}

/// A value whose `Clone` is user code.
pub(crate) struct Value(pub(crate) u64);

impl Clone for Value {
    #[inline(never)]
    fn clone(&self) -> Self {
        Self(black_box(self.0))
    }
}

/// A future that is always ready, or never.
pub(crate) struct Opaque(pub(crate) Poll<()>);

impl Future for Opaque {
    type Output = ();

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        black_box(self.0)
    }
}

/// Waits for a buffer to be filled.
pub(crate) async fn fill(buffer: &mut [u8]) {
    black_box(buffer);
    Opaque(Poll::Pending).await;
}
