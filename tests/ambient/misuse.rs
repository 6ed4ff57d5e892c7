//! A kind that does not do as it must: a clear panic, and then all is as before.

use std::cell::Cell;
use std::future::{self, Future};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use contextvars::tower::Captured;
use contextvars::{Ambient, ContextExt, bind_fn, carry, with_context};

use crate::common::{Log, OnDrop, panic_of, poll_once, yield_now};
use crate::tag::{NAME, here, holders, tagged, tagged_with};

/// Which of its functions panics where it is carried.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Enter,
    Exit,
    IsPresent,
    Capture,
    Drop,
}

thread_local! {
    static FAULT: Cell<Option<Fault>> = const { Cell::new(None) };
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

struct Faulty(Fault);

impl Ambient for Faulty {
    fn capture() -> Option<Self> {
        let fault = FAULT.get()?;
        assert!(fault != Fault::Capture, "expected of capture");
        Some(Self(fault))
    }

    fn is_present() -> bool {
        assert!(!ASKED.get(), "expected of is_present");
        false
    }

    fn enter(&self) {
        assert!(self.0 != Fault::Enter, "expected of enter");
    }

    fn exit(&self) {
        assert!(self.0 != Fault::Exit, "expected of exit");
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        assert!(self.0 != Fault::Drop, "expected of drop");
    }
}

fn faulty<R>(fault: Fault, f: impl FnOnce() -> R) -> R {
    carry::<Faulty>();
    FAULT.set(Some(fault));
    let made = f();
    FAULT.set(None);
    made
}

/// As panics say it of a fault.
fn message(fault: Fault) -> &'static str {
    match fault {
        Fault::Enter => "expected of enter",
        Fault::Exit => "expected of exit",
        Fault::IsPresent => "expected of is_present",
        Fault::Capture => "expected of capture",
        Fault::Drop => "expected of drop",
    }
}

fn is_told(fault: Fault, said: &str) {
    assert_eq!(said, message(fault));
}

type Boxed = Pin<Box<dyn Future<Output = ()>>>;

#[with_context]
async fn waits<P>(argument: P) {
    future::pending::<()>().await;
    drop(argument);
}

/// Makes a future of each kind that waits, and says when its argument is dropped.
fn each(fault: Fault, check: impl Fn(Boxed, &Log<&'static str>)) {
    let seen = Log::new();
    let argument = || {
        let seen = seen.clone();
        OnDrop(move || seen.push(NAME.get()))
    };
    let plain = || {
        let argument = argument();
        async move {
            future::pending::<()>().await;
            drop(argument);
        }
    };
    let makes: [&dyn Fn() -> Boxed; 3] = [
        &|| Box::pin(waits(argument())),
        &|| Box::pin(plain().in_current_context()),
        &|| Box::pin(NAME.scope("alice", plain())),
    ];
    for make in makes {
        let future = NAME.sync_scope("alice", || faulty(fault, make));
        NAME.sync_scope("thread's", || {
            ASKED.set(fault == Fault::IsPresent);
            check(future, &seen);
            ASKED.set(false);
            assert_eq!(here(), (None, "thread's"));
        });
    }
}

const ALL_OF_POLLS: [Fault; 4] = [Fault::Enter, Fault::Exit, Fault::IsPresent, Fault::Capture];

/// R6, R13
#[test]
fn a_poll_panics_and_all_is_as_before() {
    for fault in ALL_OF_POLLS {
        each(fault, |mut future, seen| {
            for attempt in 0..2 {
                let panicked = panic_of_any(|| poll_once(future.as_mut()));
                if fault != Fault::Capture || attempt == 0 {
                    is_told(fault, &panicked);
                }
                assert_eq!(here(), (None, "thread's"));
            }
            assert_eq!(seen.take(), [] as [&str; 0], "not dropped yet");
            // The future can be dropped after that, whatever the kind does.
            assert_eq!(quietly(|| drop(future)), fault != Fault::Capture);
            assert_eq!(seen.take(), ["alice"], "dropped once, in its context");
        });
    }
}

/// R6, R7, R13
#[test]
fn a_drop_panics_and_drops_once_in_the_context() {
    for fault in ALL_OF_POLLS {
        each(fault, |future, seen| {
            if fault == Fault::Capture {
                drop(future); // the panic is of no concern to a destructor
            } else {
                is_told(fault, &panic_of_any(|| drop(future)));
            }
            assert_eq!(seen.take(), ["alice"]);
        });
    }
}

/// R6, R13
#[test]
fn a_panic_of_the_future_goes_on_and_not_that_of_the_kind() {
    #[with_context]
    async fn panics() {
        yield_now().await;
        panic!("expected of the future");
    }
    let makes: [&dyn Fn() -> Boxed; 2] = [&|| Box::pin(panics()), &|| {
        let plain = async {
            yield_now().await;
            panic!("expected of the future");
        };
        Box::pin(plain.in_current_context())
    }];
    for make in makes {
        let mut future = tagged("captured", || faulty(Fault::Drop, make));
        assert!(poll_once(future.as_mut()).is_pending());
        assert_eq!(panic_of_any(|| poll_once(future.as_mut())), "expected of the future");
        assert_eq!(here(), (None, "nobody"));
        is_told(Fault::Drop, &panic_of_any(|| drop(future)));
    }
    // In a destructor as well.
    let future = faulty(Fault::Exit, || waits(OnDrop(|| panic!("expected of the argument"))));
    assert_eq!(panic_of_any(|| drop(future)), "expected of the argument");
    assert_eq!(here(), (None, "nobody"));
}

/// R13: while a future is dropped because of a panic, a second one would abort the process.
#[test]
fn a_drop_that_unwinds_swallows_the_panic_of_the_kind() {
    for fault in ALL_OF_POLLS {
        each(fault, |future, seen| {
            let said = panic_of_any(|| {
                let _dropped = future;
                panic!("expected of the holder");
            });
            assert_eq!(said, "expected of the holder");
            assert_eq!(seen.take(), ["alice"]);
        });
    }
}

/// R6, R13
#[test]
fn a_call_panics_and_all_is_as_before() {
    for fault in ALL_OF_POLLS {
        let call = faulty(fault, || bind_fn(here));
        NAME.sync_scope("thread's", || {
            ASKED.set(fault == Fault::IsPresent);
            is_told(fault, &panic_of_any(&call));
            ASKED.set(false);
            assert_eq!(here(), (None, "thread's"));
        });
    }
}

/// R13
#[test]
fn a_panic_of_capture_goes_on_at_the_first_poll() {
    let future = faulty(Fault::Capture, || async {}.in_current_context());
    assert_eq!(panic_of_any(|| crate::common::drive(future)), "expected of capture");
    // Nobody asks for that of a synchronous function, nor of a future that is dropped.
    #[with_context]
    fn plain() -> &'static str {
        NAME.get()
    }
    assert_eq!(faulty(Fault::Capture, plain), "nobody");
    drop(faulty(Fault::Capture, || waits(())));
    drop(faulty(Fault::Capture, || Captured::new(())));
}

/// R6, R13
#[test]
fn what_was_captured_panics_when_it_is_let_go() {
    each(Fault::Drop, |mut future, seen| {
        assert!(poll_once(future.as_mut()).is_pending());
        is_told(Fault::Drop, &panic_of_any(|| drop(future)));
        assert_eq!(seen.take(), ["alice"]);
    });
    #[with_context]
    async fn ends() {}
    for polled in [true, false] {
        let mut future = Box::pin(faulty(Fault::Drop, ends));
        if polled {
            is_told(Fault::Drop, &panic_of_any(|| poll_once(future.as_mut())));
            drop(future);
        } else {
            is_told(Fault::Drop, &panic_of_any(|| drop(future)));
        }
        assert_eq!(here(), (None, "nobody"));
    }
    let call = faulty(Fault::Drop, || contextvars::bind(here));
    is_told(Fault::Drop, &panic_of_any(call));
    assert_eq!(here(), (None, "nobody"));
}

/// R13
#[test]
fn others_are_left_as_they_were() {
    for fault in ALL_OF_POLLS {
        let mut future = Box::pin(tagged("captured", || faulty(fault, || waits(()))));
        ASKED.set(fault == Fault::IsPresent);
        panic_of_any(|| poll_once(future.as_mut()));
        assert_eq!(here(), (None, "nobody"));
        quietly(|| drop(future));
        ASKED.set(false);
        assert_eq!(here(), (None, "nobody"));
    }
}

/// The message of the panic, of which the hook may have heard before.
#[track_caller]
fn panic_of_any<R>(f: impl FnOnce() -> R) -> String {
    panic_message(|| drop(f())).expect("a panic")
}

fn panic_message(f: impl FnOnce()) -> Option<String> {
    let mut panic = None;
    panic_of(|| {
        panic = catch_unwind(AssertUnwindSafe(f)).err();
        panic!("the hook hears at least this one");
    });
    panic.map(|panic| match panic.downcast::<&str>() {
        Ok(text) => (*text).to_owned(),
        Err(panic) => *panic.downcast::<String>().expect("text"),
    })
}

/// Whether it panics.
fn quietly(f: impl FnOnce()) -> bool {
    panic_message(f).is_some()
}

/// R13
#[test]
fn a_request_that_is_dropped_and_a_kind_that_panics() {
    let seen = Log::new();
    let of_request = seen.clone();
    let request = faulty(Fault::Enter, || {
        Captured::new(OnDrop(move || of_request.push("dropped")))
    });
    is_told(Fault::Enter, &panic_of_any(|| drop(request)));
    assert_eq!(seen.take(), ["dropped"]);
    assert_eq!(here(), (None, "nobody"));
}

/// R13
#[test]
fn a_panic_of_one_capture_does_not_keep_the_others_from_being_let_go() {
    let held = std::sync::Arc::new(());
    let future = tagged_with(&held, "captured", || faulty(Fault::Capture, || waits(())));
    assert_eq!(holders(&held), 1);
    drop(future);
    assert_eq!(holders(&held), 0);
    let mut future = Box::pin(tagged_with(&held, "captured", || faulty(Fault::Capture, || waits(()))));
    panic_of_any(|| poll_once(future.as_mut()));
    drop(future);
    assert_eq!(holders(&held), 0);
}

/// R7, R13
#[test]
fn a_panic_of_one_capture_does_not_keep_the_others_out_of_a_drop() {
    thread_local! {
        static FAILS: Cell<bool> = const { Cell::new(false) };
        static AFTER: Cell<bool> = const { Cell::new(false) };
    }

    struct Fails;
    struct After;

    impl Ambient for Fails {
        fn capture() -> Option<Self> {
            assert!(!FAILS.get(), "expected of capture");
            None
        }

        fn is_present() -> bool {
            false
        }

        fn enter(&self) {
            unreachable!("it is never captured");
        }

        fn exit(&self) {}
    }

    impl Ambient for After {
        fn capture() -> Option<Self> {
            AFTER.get().then_some(Self)
        }

        fn is_present() -> bool {
            AFTER.get()
        }

        fn enter(&self) {
            AFTER.set(true);
        }

        fn exit(&self) {
            AFTER.set(false);
        }
    }

    carry::<Fails>();
    carry::<After>();
    let seen = Log::new();
    let of_argument = seen.clone();
    FAILS.set(true);
    AFTER.set(true);
    let future = waits(OnDrop(move || of_argument.push(AFTER.get())));
    FAILS.set(false);
    AFTER.set(false);
    drop(future);
    assert_eq!(seen.take(), [true]);
    assert!(!AFTER.get());
}
