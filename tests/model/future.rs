//! Futures that tell those inside them, by hand, where they are polled or dropped.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Waking, Poll};

use futures::future::BoxFuture;

use crate::by_hand::{Owner, Place, Plan};

/// Where a body is right now; `None` while nobody says so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<Place>>>);

impl Slot {
    pub(crate) fn at(place: Place) -> Self {
        let slot = Self::default();
        slot.set(Some(place));
        slot
    }

    pub(crate) fn get(&self) -> Option<Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, place: Option<Place>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }
}

/// A future, and the slot in which it is told where it is.
pub(crate) struct Made {
    pub(crate) slot: Slot,
    pub(crate) future: BoxFuture<'static, ()>,
}

impl Made {
    /// Drops the future here.
    pub(crate) fn drop_at(self, place: Option<Place>) {
        self.slot.set(place);
    }
}

/// A future of the crate that has a context of its own, and the same by hand.
pub(crate) struct Wrapped {
    plan: Plan,
    own: Option<Arc<Owner>>,
    outer: Slot,
    inner: Slot,
    real: BoxFuture<'static, ()>,
}

impl Wrapped {
    pub(crate) fn around(inner: Slot, plan: Plan, real: BoxFuture<'static, ()>) -> Made {
        let outer = Slot::default();
        let layer = Self {
            plan,
            own: None,
            outer: outer.clone(),
            inner,
            real,
        };
        Made {
            slot: outer,
            future: Box::pin(layer),
        }
    }

    fn enter(&mut self) {
        let here = self.outer.get().expect("whoever polls or drops says where");
        let own = self.own.get_or_insert_with(|| self.plan.start(&here));
        self.inner.set(Some(Place {
            owner: Some(Arc::clone(own)),
            around: self.plan.around(here.around),
        }));
    }
}

impl Future for Wrapped {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, waking: &mut Waking<'_>) -> Poll<()> {
        self.enter();
        let poll = self.real.as_mut().poll(waking);
        self.inner.set(None);
        poll
    }
}

impl Drop for Wrapped {
    fn drop(&mut self) {
        self.enter();
    }
}

/// Futures that a body polls, as many ways as there are to do so, or that an executor polls as a task.
pub(crate) struct Driven<F> {
    driver: Slot,
    members: Vec<Slot>,
    real: F,
}

impl<F> Driven<F> {
    pub(crate) fn new(driver: &Slot, members: Vec<Slot>, real: F) -> Self {
        let driver = driver.clone();
        Self { driver, members, real }
    }

    fn tell(&self, place: Option<&Place>) {
        for member in &self.members {
            member.set(place.cloned());
        }
    }
}

impl<F: Future + Unpin> Future for Driven<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, waking: &mut Waking<'_>) -> Poll<F::Output> {
        self.tell(self.driver.get().as_ref());
        let poll = Pin::new(&mut self.real).poll(waking);
        self.tell(None);
        poll
    }
}

impl<F> Drop for Driven<F> {
    fn drop(&mut self) {
        self.tell(self.driver.get().as_ref());
    }
}

thread_local! {
    /// Where this thread is spawning a task: an executor that is closing drops it there and then.
    pub(crate) static SPAWNING: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// A task: polled outside every context, and dropped there if it was ever accepted.
pub(crate) struct AsTask(pub(crate) Made);

impl Future for AsTask {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, waking: &mut Waking<'_>) -> Poll<()> {
        self.0.slot.set(Some(Place::outside()));
        let poll = self.0.future.as_mut().poll(waking);
        self.0.slot.set(None);
        poll
    }
}

impl Drop for AsTask {
    fn drop(&mut self) {
        let refused = SPAWNING.with_borrow(Clone::clone);
        self.0.slot.set(Some(refused.unwrap_or_else(Place::outside)));
    }
}
