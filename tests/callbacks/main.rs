//! R8: whatever code of the user's the crate calls, that code may do everything, and it may panic.
//!
//! A full table: each [`Caller`], an operation that calls the user's code, with each [`Action`], something that this code
//! does, which then returns or panics. Nothing hangs, nothing aborts, the operation's own effect is complete, what was lent
//! stays valid, and the thread is in the same context as before.
//!
//! Left out, with the reason: a waker's `clone` can't be the user's code without `unsafe`, and a panic in a destructor that
//! runs while the thread unwinds, or in the panic hook, aborts by the rules of the language.

#[path = "../common/mod.rs"]
mod common;

mod actions;
mod defaults;
mod drops;
mod hook;
mod lent;
mod probe;
mod tasks;
mod wakers;

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use contextvars::{Context, context_var};
use tokio::runtime::{Builder, Runtime};

use actions::{ACTIONS, Action};
use probe::{Probe, quiet};

/// The variable that everything is about.
#[context_var]
static VALUE: Probe;
/// Its token knows the context that it was made in.
#[context_var]
static TOKEN: ();

/// What `VALUE` is, by name.
const NOTHING: &str = "nothing";

fn value() -> &'static str {
    VALUE.with(|value| value.map_or(NOTHING, |value| value.name))
}

/// The user's code.
type Callback = Arc<dyn Fn() + Send + Sync>;

/// What calls the user's code.
struct Caller {
    name: &'static str,
    at: At,
    /// What `VALUE` is afterwards in the context of the operation.
    leaves: &'static str,
    /// Whether the user's code may panic without an abort.
    may_panic: bool,
    operation: fn(Callback),
}

/// Where the user's code is called, and what it finds there.
#[derive(Clone, Copy)]
struct At {
    place: Place,
    sees: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In the context of the operation.
    Here,
    /// In another context, which is over when the operation is.
    Elsewhere,
    /// Outside every context.
    Outside,
}

impl At {
    fn is_entered(&self) -> bool {
        self.place != Place::Outside
    }
}

impl Caller {
    /// The user's code is called in the context of the operation, and finds what the operation leaves.
    const fn here(name: &'static str, leaves: &'static str, operation: fn(Callback)) -> Self {
        Self {
            name,
            at: At {
                place: Place::Here,
                sees: leaves,
            },
            leaves,
            may_panic: true,
            operation,
        }
    }

    /// The user's code is called in a context of its own.
    const fn elsewhere(self, sees: &'static str) -> Self {
        let place = Place::Elsewhere;
        Self {
            at: At { place, sees },
            ..self
        }
    }

    /// The user's code is called outside every context.
    const fn outside(self) -> Self {
        let (place, sees) = (Place::Outside, NOTHING);
        Self {
            at: At { place, sees },
            ..self
        }
    }

    /// The user's code is called while the thread unwinds, or just before.
    const fn unwinding(self) -> Self {
        Self {
            may_panic: false,
            ..self
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    Return,
    Panic,
}

/// Tries each caller with each action.
fn check(callers: &'static [Caller]) {
    hook::install();
    for caller in callers {
        for action in ACTIONS {
            for then in [Then::Return, Then::Panic] {
                if then == Then::Return || caller.may_panic {
                    let what = format!("{}, calling {}: {then:?}", caller.name, action.name);
                    watched(&what, move || combine(caller, action, then));
                }
            }
        }
    }
}

/// Runs `f` on a thread of its own. One that hangs fails.
fn watched(what: &str, f: impl FnOnce() + Send + 'static) {
    let (done, finished) = mpsc::channel();
    let watched = thread::spawn(move || {
        f();
        done.send(()).expect("the test waits");
    });
    let waited = finished.recv_timeout(Duration::from_secs(60));
    assert_ne!(waited, Err(RecvTimeoutError::Timeout), "{what}: hangs");
    if let Err(payload) = watched.join() {
        let payload: &(dyn Any + Send) = &*payload;
        let message = payload.downcast_ref::<String>().map_or("a panic", |message| message);
        panic!("{what}: {message}");
    }
}

fn combine(caller: &'static Caller, action: &'static Action, then: Then) {
    let calls = Arc::new(AtomicUsize::new(0));
    let callback: Callback = {
        let calls = Arc::clone(&calls);
        Arc::new(move || {
            calls.fetch_add(1, Ordering::Relaxed);
            (action.act)(&caller.at);
            assert_eq!(then, Then::Return, "{EXPECTED}");
        })
    };
    Context::new().with(&VALUE, quiet("old")).run(|| {
        let around = Context::current();
        Context::current().run(|| {
            let token = TOKEN.set(());
            let panicked = panics_as_expected(|| (caller.operation)(callback));
            assert_eq!(panicked, then == Then::Panic, "the panic comes out");
            assert_eq!(calls.load(Ordering::Relaxed), 1, "calls");
            let written = action.leaves.filter(|_| caller.at.place == Place::Here);
            works_as_ever(written.unwrap_or(caller.leaves));
            TOKEN.reset(token).expect("the same context as before");
        });
        assert!(Context::current().ptr_eq(&around), "the same context as around it");
    });
    assert!(Context::current().is_empty(), "no context, as before");
    VALUE.try_set(quiet("refused")).expect_err("no context, as before");
}

const EXPECTED: &str = "the panic that is expected";

/// Whether `f` panics as it should. Any other panic goes on.
fn panics_as_expected(f: impl FnOnce()) -> bool {
    let Err(payload) = panic::catch_unwind(AssertUnwindSafe(f)) else {
        return false;
    };
    let is_expected = |message: &String| message.contains(EXPECTED);
    if !payload.downcast_ref().is_some_and(is_expected) {
        panic::resume_unwind(payload);
    }
    true
}

/// Runs `f`, then `check` even if `f` panicked; then the panic goes on.
fn and_then<S>(mut state: S, f: impl FnOnce(&mut S), check: impl FnOnce(&mut S)) {
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| f(&mut state)));
    check(&mut state);
    outcome.unwrap_or_else(|payload| panic::resume_unwind(payload));
}

/// Reads, writes and enters contexts where `VALUE` is `sees`.
fn works_as_ever(sees: &'static str) {
    let place = Place::Here;
    for action in [actions::get, actions::scope, actions::annotated] {
        action(&At { place, sees });
    }
}

/// The executor on which the tasks run whose code is called.
static TASKS: LazyLock<Runtime> = LazyLock::new(two_threads);
/// Another one, for what that code spawns and waits for.
static SPAWNED: LazyLock<Runtime> = LazyLock::new(two_threads);

fn two_threads() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime")
}
