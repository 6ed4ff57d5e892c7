//! Places where tasks wait for each other, so that all of them are under way at once.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Lets nobody go on until all have come, and then again. Clones are of one meeting.
///
/// An executor may poll a task that wakes itself again and again before all others; here it can't.
#[derive(Clone)]
pub struct Meeting {
    round: Arc<Mutex<Round>>,
    members: usize,
}

#[derive(Default)]
struct Round {
    number: usize,
    present: usize,
    waiting: Vec<Waker>,
}

impl Meeting {
    #[must_use]
    pub fn of(members: usize) -> Self {
        Self {
            round: Arc::default(),
            members,
        }
    }

    pub async fn everybody(&self) {
        let number = self.arrive();
        std::future::poll_fn(|waking| {
            let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
            if round.number == number {
                round.waiting.push(waking.waker().clone());
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        // Who came last has waited for nobody, and yields all the same.
        yield_now().await;
    }

    /// The number of the round that this is a part of.
    fn arrive(&self) -> usize {
        let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
        let number = round.number;
        round.present += 1;
        if round.present == self.members {
            round.number += 1;
            round.present = 0;
            let waiting = std::mem::take(&mut round.waiting);
            drop(round);
            waiting.into_iter().for_each(Waker::wake);
        }
        number
    }
}

#[derive(Debug, Default)]
struct YieldNow {
    has_yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, waking: &mut Context<'_>) -> Poll<()> {
        if self.has_yielded {
            return Poll::Ready(());
        }
        self.has_yielded = true;
        waking.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Pending once, and awake at once.
pub fn yield_now() -> impl Future<Output = ()> {
    YieldNow::default()
}
