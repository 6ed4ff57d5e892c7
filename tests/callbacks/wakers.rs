//! Wakers: woken or dropped in a poll, in a scope, in a loan, in a destructor.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Waking, Poll, Wake, Waker};

use crate::probe::{In, armed, quiet};
use crate::{Callback, Caller, VALUE, check};

#[derive(Clone, Copy, PartialEq)]
enum When {
    Wake,
    WakeByRef,
    Drop,
}

struct Ringing {
    when: When,
    callback: Mutex<Option<Callback>>,
}

fn waker(when: When, callback: Callback) -> Waker {
    let callback = Mutex::new(Some(callback));
    Waker::from(Arc::new(Ringing { when, callback }))
}

impl Ringing {
    fn call_back(&self, now: When) {
        let callback = self.callback.lock().expect("no panic").take_if(|_| self.when == now);
        if let Some(callback) = callback {
            callback();
        }
    }
}

impl Wake for Ringing {
    fn wake(self: Arc<Self>) {
        self.call_back(When::Wake);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.call_back(When::WakeByRef);
    }
}

impl Drop for Ringing {
    fn drop(&mut self) {
        self.call_back(When::Drop);
    }
}

/// Polls a future with the waker, which it uses in a scope.
fn poll(waker: &Waker, mut use_it: impl FnMut(&Waker)) {
    let mut future = pin!(VALUE.scope(
        quiet("scope"),
        poll_fn(move |waking| {
            use_it(waking.waker());
            Poll::Ready(())
        }),
    ));
    assert!(future.as_mut().poll(&mut Waking::from_waker(waker)).is_ready());
}

/// R8, Case 280
#[test]
fn wakers() {
    const CALLERS: &[Caller] = &[
        Caller::here("wake in a poll", "old", |callback| {
            let mut waker = Some(waker(When::Wake, callback));
            poll(Waker::noop(), |_| waker.take().into_iter().for_each(Waker::wake));
        })
        .elsewhere("scope"),
        Caller::here("wake_by_ref in a poll", "old", |callback| {
            poll(&waker(When::WakeByRef, callback), Waker::wake_by_ref);
        })
        .elsewhere("scope"),
        Caller::here("the drop of a waker in a poll", "old", |callback| {
            let mut waker = Some(waker(When::Drop, callback));
            poll(Waker::noop(), |_| drop(waker.take()));
        })
        .elsewhere("scope"),
        Caller::here("the drop of a waker with a future never polled", "old", |callback| {
            let waker = waker(When::Drop, callback);
            drop(VALUE.scope(quiet("scope"), async move { drop(waker) }));
        })
        .elsewhere("scope"),
        Caller::here("wake in sync_scope", "old", |callback| {
            let waker = waker(When::Wake, callback);
            VALUE.sync_scope(quiet("scope"), || waker.wake());
        })
        .elsewhere("scope"),
        Caller::here("wake in a loan", "old", |callback| {
            let waker = waker(When::WakeByRef, callback);
            VALUE.with(|lent| lent.expect("bound").stays_valid(|| waker.wake_by_ref()));
        }),
        Caller::here("wake in the drop of what a set displaces", "new", |callback| {
            let waker = waker(When::WakeByRef, callback);
            drop(VALUE.set(armed(In::Drop, Arc::new(move || waker.wake_by_ref()))));
            drop(VALUE.set(quiet("new")));
        }),
        Caller::here("the drop of a waker in what a set displaces", "new", |callback| {
            let waker = Mutex::new(Some(waker(When::Drop, callback)));
            let drop_it = move || drop(waker.lock().map(|mut waker| waker.take()));
            drop(VALUE.set(armed(In::Drop, Arc::new(drop_it))));
            drop(VALUE.set(quiet("new")));
        }),
    ];
    check(CALLERS);
}
