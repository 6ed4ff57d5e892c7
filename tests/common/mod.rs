//! What the test binaries share: polling by hand, logs, drop probes, panics with their place.

#![allow(dead_code, reason = "every binary uses a part of it")]

pub(crate) mod by_hand;
pub(crate) mod child;
pub(crate) mod many;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::task::{Context as Waking, Poll, Waker};
use std::thread;

use contextvars::Context;

/// Polls once, with a waker that does nothing.
pub(crate) fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Waking::from_waker(Waker::noop()))
}

/// The output of a future that is ready at its first poll.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match poll_once(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is still pending"),
    }
}

/// Polls on this thread until the future is ready.
pub(crate) fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll_once(future.as_mut()) {
            return output;
        }
    }
}

/// Polls on a new thread each time, until the future is ready.
pub(crate) fn drive_across_threads<F>(future: F) -> F::Output
where
    F: Future<Output: Send> + Send,
{
    let mut future = Box::pin(future);
    loop {
        let polled = thread::scope(|scope| scope.spawn(|| poll_once(future.as_mut())).join());
        match polled {
            Ok(Poll::Ready(output)) => return output,
            Ok(Poll::Pending) => {}
            Err(payload) => panic::resume_unwind(payload),
        }
    }
}

/// Runs `f` once outside every context and once inside a context of its own.
pub(crate) fn outside_and_inside(f: impl Fn()) {
    f();
    Context::new().run(f);
}

/// Pending once, and awake at once.
#[derive(Debug, Default)]
pub(crate) struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, waking: &mut Waking<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        waking.waker().wake_by_ref();
        Poll::Pending
    }
}

pub(crate) fn yield_now() -> YieldNow {
    YieldNow::default()
}

/// What happened, in order, on any thread.
#[derive(Debug)]
pub(crate) struct Log<T>(Arc<Mutex<Vec<T>>>);

impl<T> Log<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Vec::new())))
    }

    pub(crate) fn push(&self, entry: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Calls back when it is dropped.
pub(crate) struct OnDrop<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl<F: FnMut()> std::fmt::Debug for OnDrop<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnDrop")
    }
}

/// The message and the place of a panic.
#[derive(Debug)]
pub(crate) struct Panicked {
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

thread_local! {
    static PLACE: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Keeps panics that say "expected" out of the output, on every thread, and every panic within [`panic_of`].
pub(crate) fn quiet_expected_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if QUIET.get() {
                PLACE.set(info.location().map(|place| (place.file().to_owned(), place.line())));
            } else if info.payload().downcast_ref() != Some(&"expected") {
                previous(info);
            }
        }));
    });
}

/// Runs `f`, which is expected to panic on this thread.
#[track_caller]
pub(crate) fn panic_of<R>(f: impl FnOnce() -> R) -> Panicked {
    quiet_expected_panics();
    let before = QUIET.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(f));
    QUIET.set(before);
    let Err(payload) = outcome else {
        panic!("no panic");
    };
    let (file, line) = PLACE.take().expect("the hook has seen the panic");
    Panicked {
        message: message_of(&*payload),
        file,
        line,
    }
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(message), _) => (*message).to_owned(),
        (_, Some(message)) => message.clone(),
        _ => "a payload that is not text".to_owned(),
    }
}
