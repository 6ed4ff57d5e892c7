//! R10, Cases 285, T18, T19: the main thread ends calmly too, and its end is the exit of the process.
//!
//! The test harness runs no test on the main thread, so this program runs itself: the child's last words come from the
//! destructor of a thread-local, and any panic in there would abort it.

#![deny(warnings)]
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::future::{Future, pending, ready};
use std::pin::{Pin, pin};
use std::task::{Context as Waking, Waker};
use std::{env, process, thread};

use contextvars::{Context, ContextExt, Guard, bind, context_var, with_context};

#[context_var]
static NAME: String = "nobody".to_owned();
#[context_var]
static UNNEEDED: String = NAME.get() + " else";

struct LastWords {
    bound: Box<dyn FnOnce() -> String>,
    waits: Pin<Box<dyn Future<Output = ()>>>,
    _guard: Guard<String>,
}

impl Drop for LastWords {
    fn drop(&mut self) {
        assert_eq!(
            (NAME.get(), UNNEEDED.get()),
            ("nobody".to_owned(), "nobody else".to_owned())
        );
        NAME.try_set("late".to_owned()).expect_err("no context is entered");
        assert_eq!(NAME.sync_scope("scope".to_owned(), || NAME.with(Clone::clone)), "scope");
        assert!(Context::current().is_empty());
        let mut context = Context::new().with(&NAME, "run".to_owned());
        context.run(|| drop(NAME.set(NAME.get() + " again")));
        assert_eq!(context.get(&NAME).map(String::as_str), Some("run again"));
        assert!(poll(self.waits.as_mut()).is_pending());
        assert!(poll(pin!(handler())).is_pending());
        assert!(poll(pin!(NAME.scope("scope".to_owned(), ready(())))).is_ready());
        let bound = std::mem::replace(&mut self.bound, Box::new(String::new));
        assert_eq!(thread::spawn(|| NAME.get()).join().unwrap(), "nobody");
        println!("{}", bound());
    }
}

thread_local! {
    static BEFORE: RefCell<Option<LastWords>> = const { RefCell::new(None) };
    static AFTER: RefCell<Option<LastWords>> = const { RefCell::new(None) };
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> std::task::Poll<F::Output> {
    future.poll(&mut Waking::from_waker(Waker::noop()))
}

#[with_context]
async fn handler() {
    NAME.set("handler".to_owned());
    pending().await
}

fn last_words() -> Option<LastWords> {
    let mut bound = Context::new().with(&NAME, "calm".to_owned());
    let mut waits = Box::pin(handler().in_current_context());
    assert!(poll(waits.as_mut()).is_pending());
    Some(LastWords {
        bound: Box::new(bound.run(|| bind(|| NAME.get()))),
        waits,
        _guard: bound.run(|| NAME.set("guarded".to_owned()).guard()),
    })
}

fn main() {
    if env::args().count() > 1 {
        // One thread-local is made before those of the crate, the other after.
        BEFORE.set(None);
        BEFORE.set(last_words());
        AFTER.set(last_words());
        return;
    }
    let child = process::Command::new(env::current_exe().unwrap())
        .arg("child")
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}: {}",
        child.status,
        String::from_utf8_lossy(&child.stderr)
    );
    assert_eq!(
        String::from_utf8_lossy(&child.stdout).lines().collect::<Vec<_>>(),
        ["calm"; 2]
    );
}
