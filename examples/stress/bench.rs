//! A bench where tasks rest until a neighbour comes, so that a few of them work and all of them have
//! their turn. Who comes and finds no free seat calls the one who has sat longest, and hands over a letter.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures::{
    channel::oneshot::{self, Receiver, Sender},
    future::BoxFuture,
};

/// A job that the reader is to run: a future that has the writer's context.
pub(crate) type Letter = Option<BoxFuture<'static, ()>>;

#[derive(Debug)]
pub(crate) struct Bench {
    seats: usize,
    sitting: Mutex<Sitting>,
}

#[derive(Debug, Default)]
struct Sitting {
    count: usize,
    /// Also of some who were cancelled, and are not counted.
    callers: VecDeque<Sender<Letter>>,
}

impl Bench {
    pub(crate) fn with_seats(seats: usize) -> Self {
        Self {
            seats,
            sitting: Mutex::default(),
        }
    }

    /// Calls a neighbour if all seats are taken, and waits for a call. The letter is delivered or dropped.
    pub(crate) async fn rest(&self, letter: Letter) -> Letter {
        let (seat, undelivered) = self.sit(letter);
        drop(undelivered);
        let mut seat = seat?;
        let letter = (&mut seat.call).await;
        seat.is_called = true;
        letter.unwrap_or_default()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.lock().count >= self.seats
    }

    /// Nobody who sits is called any more.
    pub(crate) fn close(&self) {
        let sitting = std::mem::take(&mut *self.lock());
        drop(sitting);
    }

    /// A seat, unless there are none at all, and the letter, unless it is delivered.
    fn sit(&self, letter: Letter) -> (Option<Seat<'_>>, Letter) {
        let mut sitting = self.lock();
        let undelivered = if sitting.count < self.seats {
            letter
        } else if let Err(letter) = sitting.call(letter) {
            return (None, letter);
        } else {
            None
        };
        let (caller, call) = oneshot::channel();
        sitting.count += 1;
        sitting.callers.push_back(caller);
        let seat = Seat {
            bench: self,
            call,
            is_called: false,
        };
        (Some(seat), undelivered)
    }

    fn lock(&self) -> MutexGuard<'_, Sitting> {
        self.sitting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sitting {
    /// Hands the letter to the first who still sits, or back.
    fn call(&mut self, mut letter: Letter) -> Result<(), Letter> {
        while let Some(caller) = self.callers.pop_front() {
            match caller.send(letter) {
                Ok(()) => {
                    self.count -= 1;
                    return Ok(());
                }
                Err(undelivered) => letter = undelivered,
            }
        }
        Err(letter)
    }
}

#[derive(Debug)]
struct Seat<'a> {
    bench: &'a Bench,
    call: Receiver<Letter>,
    is_called: bool,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.call.close();
        let is_called = self.is_called || matches!(self.call.try_recv(), Ok(Some(_)));
        if !is_called {
            let mut sitting = self.bench.lock();
            sitting.count = sitting.count.saturating_sub(1);
        }
    }
}
