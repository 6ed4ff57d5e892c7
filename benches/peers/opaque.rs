//! Futures that the optimiser can't see through, and the ways to poll them: the same for all subjects.
//!
//! Where it can, the compiler sees that a poll reads no variable, and deletes the swap that a scope makes around it.

use crate::harness::timing::time;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// A future of unknown type.
pub(crate) type Opaque = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A future that is never ready.
pub(crate) struct Never;

impl Future for Never {
    type Output = ();

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        black_box(Poll::Pending)
    }
}

/// A future that is never ready, which the optimiser can't know.
pub(crate) fn opaque() -> Opaque {
    black_box(Box::pin(Never))
}

/// A plain async fn, with nothing around it.
pub(crate) async fn plain(inner: Opaque) {
    inner.await;
}

/// A plain async fn that is never ready, in as few bytes as possible.
pub(crate) async fn idle() {
    Never.await;
}

/// Holds a buffer of `N` bytes while it waits, but need not wait: ready at its first poll.
///
/// The buffer is in the future's size and in nothing else: to fill it would take longer than all that is measured.
pub(crate) async fn large<const N: usize>() -> u8 {
    if black_box(false) {
        let mut buffer = [0; N];
        fill(&mut buffer).await;
        return buffer[0];
    }
    7
}

/// The same, which owns what is to be dropped, as most futures do.
///
/// Boxed, such a future is copied into its box once, plain too: the compiler has to keep it where a panic would find it. One
/// with nothing to drop is made in the box where nothing around it has anything to drop either.
pub(crate) async fn large_owning<const N: usize>(text: String) -> usize {
    if black_box(false) {
        let mut buffer = [0; N];
        fill(&mut buffer).await;
        return usize::from(buffer[0]);
    }
    text.len()
}

/// Waits for a buffer to be filled.
pub(crate) async fn fill(buffer: &mut [u8]) {
    black_box(buffer);
    Never.await;
}

/// How many tasks an executor has here.
const TASKS: usize = 16;

/// Times polls of the futures that `make` makes, as an executor would do them: boxed, one after the other, through a
/// table of functions.
///
/// Several futures, since the place of a single one decides too much: where its words lie in a cache line, or in two.
pub(crate) fn polls<F: Future<Output = ()>>(n: u64, make: impl Fn() -> F) -> Duration {
    let mut tasks: [_; TASKS] = std::array::from_fn(|_| Box::pin(make()));
    polls_of_unknown(n, tasks.each_mut().map(|task| task.as_mut() as Unknown<'_>))
}

type Unknown<'a> = Pin<&'a mut dyn Future<Output = ()>>;

#[inline(never)]
fn polls_of_unknown(n: u64, mut tasks: [Unknown<'_>; TASKS]) -> Duration {
    let mut cx = Context::from_waker(Waker::noop());
    let mut polled = 0;
    time(n, || {
        polled += 1;
        tasks[polled % TASKS].as_mut().poll(&mut cx)
    })
}

/// Makes a future, in the place where it stays, polls it once, and drops it.
#[inline(always)]
#[allow(clippy::inline_always)]
pub(crate) fn poll_once<F: Future>(make: impl FnOnce() -> F) -> bool {
    let mut future = pin!(make());
    let future = black_box(future.as_mut());
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

/// A value whose `Clone` is user code, for all that the variable knows.
pub(crate) struct Counted(pub(crate) u64);

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}
