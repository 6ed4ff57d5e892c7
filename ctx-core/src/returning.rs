//! Annotated `async fn`s that return a future or a stream: what they return goes on in the context that they end in.

use crate::boxed::Boxed;
use crate::capture::Capture;
use crate::wrapper::{Captured, InContext};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll, ready};

pin_project! {
    // An `async` block around the future would hold it twice: as what it has captured, and as what it awaits.
    struct Returning<F, W> {
        #[pin]
        future: F,
        wrap: W,
    }
}

impl<F: Future, R, W: FnMut(F::Output) -> R> Future for Returning<F, W> {
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<R> {
        let this = self.project();
        let returned = ready!(this.future.poll(cx));
        Poll::Ready((this.wrap)(returned))
    }
}

impl Capture {
    /// Gives `future` a context of its own, in which what it returns goes on.
    pub fn returning<F: Future>(
        self,
        future: F,
    ) -> InContext<impl Future<Output = InContext<F::Output, Captured>> + use<F>, Captured> {
        let wrap = |returned| Capture::here().future(returned);
        self.future(Returning { future, wrap })
    }

    /// Gives `future` a context of its own, in which the boxed future that it returns goes on.
    pub fn returning_boxed<F>(self, future: F) -> InContext<impl Future<Output = F::Output> + use<F>, Captured>
    where
        F: Future<Output: Boxed>,
    {
        let wrap = |returned| Capture::here().boxed(move || returned);
        self.future(Returning { future, wrap })
    }
}
