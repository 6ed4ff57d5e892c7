//! The traits of the `futures` crate for wrappers.

use crate::future::in_context::InContext;
use futures_core::future::FusedFuture;
use futures_core::stream::{FusedStream, Stream};
use futures_sink::Sink;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Each item is produced inside the context; `size_hint` and `is_terminated` are asked where the caller is.
impl<S: Stream> Stream for InContext<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.enter(|inner| inner.poll_next(cx))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner().map_or((0, Some(0)), S::size_hint)
    }
}

impl<S: FusedStream> FusedStream for InContext<S> {
    fn is_terminated(&self) -> bool {
        self.inner().is_none_or(S::is_terminated)
    }
}

impl<F: FusedFuture> FusedFuture for InContext<F> {
    fn is_terminated(&self) -> bool {
        self.inner().is_none_or(F::is_terminated)
    }
}

/// Each call of the inner sink is made inside the context.
impl<S: Sink<Item>, Item> Sink<Item> for InContext<S> {
    type Error = S::Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.enter(|inner| inner.poll_ready(cx))
    }

    fn start_send(self: Pin<&mut Self>, item: Item) -> Result<(), S::Error> {
        self.enter(|inner| inner.start_send(item))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.enter(|inner| inner.poll_flush(cx))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.enter(|inner| inner.poll_close(cx))
    }
}
