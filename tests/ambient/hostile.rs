//! Kinds that do in each of their functions what nobody expects of them.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::sync::{Arc, Mutex};
use std::thread;

use contextvars::tower::Captured;
use contextvars::{Ambient, Context, ContextExt, bind, carry, outside};

use crate::common::{OnDrop, drive, poll_once, quiet_expected_panics};
use crate::script::{
    ALL, BoxedFuture, LOCAL, MAKES, Script, Scripted, When, asked, caught, is_clean, is_entered, panics_in, plain,
    returned, scripted, waits,
};
use crate::tag::{NAME, holders, tag, tagged, tagged_with, untagged};

/// What is done in the middle of a function of a kind.
const DEEDS: [(&str, fn()); 9] = [
    ("sets variables", || {
        let _set = (NAME.try_set("kind's"), LOCAL.try_set("kind's"));
    }),
    ("polls", || {
        assert_eq!(drive(waits(())), "inside");
        assert_eq!(drive(async { LOCAL.get() }.in_context(Context::new())), LOCAL.get());
    }),
    ("polls another that carries", || {
        let future = tagged("another's", || async { tag() }.in_current_context());
        assert!(matches!(untagged(|| drive(future)), None | Some("another's")));
    }),
    ("drops", || {
        let mut polled = Box::pin(tagged("another's", || waits(())));
        let never = Box::pin(tagged("another's", || returned(())));
        assert!(poll_once(polled.as_mut()).is_pending());
        untagged(|| drop((polled, never)));
    }),
    ("calls", || {
        bind(|| NAME.set("call's"))();
        NAME.sync_scope("scope's", || assert_eq!(NAME.get(), "scope's"));
        drop(Captured::new(OnDrop(|| drop(Captured::new(())))));
    }),
    ("goes outside", || {
        outside(|| assert_eq!((NAME.get(), drive(waits(()))), ("nobody", "inside")));
    }),
    ("registers", || {
        carry::<Scripted>();
        carry::<crate::tag::Tag>();
    }),
    ("catches a panic of its own", || {
        let future = async { panic_any("expected") }.in_current_context();
        assert!(catch_unwind(AssertUnwindSafe(|| drive(future))).is_err());
    }),
    ("starts a thread", || {
        let child = tagged("thread's", || waits(()));
        assert_eq!(thread::spawn(|| drive(child)).join().expect("no panic"), "inside");
    }),
];

/// R13
#[test]
fn each_function_may_do_anything() {
    quiet_expected_panics();
    for when in ALL {
        for (what, deed) in DEEDS {
            let script: Script = Arc::new(move |now| {
                if now == when {
                    deed();
                }
            });
            for (way, make) in MAKES {
                let held = Arc::new(());
                let future = |name| tagged(name, || scripted(&script, || make(Arc::clone(&held))));
                let done = asked(&script, || drive(future("first")));
                assert!(
                    ["inside", "kind's", "call's"].contains(&done),
                    "{done}: {what} in {when:?}, {way}"
                );
                is_clean();
                asked(&script, || drop(future("second")));
                is_clean();
                asked(&script, || {
                    let mut future = future("third");
                    assert!(poll_once(future.as_mut()).is_pending());
                    assert!(!is_entered(), "{what} in {when:?}, {way}");
                    drop(future);
                });
                is_clean();
                assert_eq!(Arc::strong_count(&held), 1, "{what} in {when:?}, {way}");
            }
        }
    }
}

/// R6, R13: a panic at each moment, one after another.
#[test]
fn each_function_may_panic_at_any_time() {
    quiet_expected_panics();
    for (way, make) in MAKES {
        for nth in 0..24 {
            let (count, script) = nth_panics(nth);
            let (held, argument) = (Arc::new(()), Arc::new(()));
            let panicked = asked(&script, || {
                caught(|| {
                    let mut future =
                        tagged_with(&held, "captured", || scripted(&script, || make(Arc::clone(&argument))));
                    while caught(|| poll_once(future.as_mut()).is_pending()).unwrap_or(false) {}
                    drop(future);
                })
            });
            is_clean();
            let all = *count.lock().expect("no panic with it");
            assert_eq!(Arc::strong_count(&argument), 1, "{way}, {nth} of {all}: {panicked:?}");
            assert_eq!(holders(&held), 0, "{way}, {nth} of {all}: {panicked:?}");
        }
    }
}

/// A script whose nth call panics, and how many calls there were.
fn nth_panics(nth: u32) -> (Arc<Mutex<u32>>, Script) {
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    let script = Arc::new(move |_| {
        let mut count = counted.lock().expect("no panic with it");
        *count += 1;
        let now = *count - 1;
        drop(count);
        if now == nth {
            panic!("expected");
        }
    });
    (count, script)
}

/// A payload that panics when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        resume_unwind(Box::new(())); // of no size, since it is leaked
    }
}

thread_local! {
    static RAISES: Cell<Option<When>> = const { Cell::new(None) };
}

/// A kind whose panics panic.
struct Raises(When);

impl Raises {
    fn raise_if(&self, now: When) {
        if now == self.0 {
            resume_unwind(Box::new(Payload));
        }
    }
}

impl Ambient for Raises {
    fn capture() -> Option<Self> {
        RAISES.get().map(Self)
    }

    fn is_present() -> bool {
        false
    }

    fn enter(&self) {
        self.raise_if(When::Enter);
    }

    fn exit(&self) {
        self.raise_if(When::Exit);
    }
}

/// Whether it panics. What that says is not dropped if it would panic.
fn panics(f: impl FnOnce()) -> bool {
    let Err(payload) = catch_unwind(AssertUnwindSafe(f)) else {
        return false;
    };
    if payload.is::<Payload>() {
        std::mem::forget(payload); // of no size
    }
    true
}

/// R6, R13: those of two kinds, one of which is nobody's.
#[test]
fn payloads_that_panic_when_they_are_dropped() {
    quiet_expected_panics();
    carry::<Raises>();
    for when in [When::Enter, When::Exit] {
        let script: Script = Arc::new(move |now| Raises(when).raise_if(now));
        for (way, make) in MAKES {
            let (held, argument) = (Arc::new(()), Arc::new(()));
            RAISES.set(Some(when));
            let mut future = tagged_with(&held, "captured", || scripted(&script, || make(Arc::clone(&argument))));
            RAISES.set(None);
            for _ in 0..2 {
                let _panicked = panics(|| {
                    let _polled = poll_once(future.as_mut());
                });
                assert_eq!(tag(), None, "{way}, {when:?}");
            }
            let _panicked = panics(|| drop(future));
            is_clean();
            RAISES.set(Some(when));
            let future = tagged_with(&held, "captured", || scripted(&script, || make(Arc::clone(&argument))));
            RAISES.set(None);
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                let _dropped = future;
                panic_any("expected");
            }));
            assert!(panicked.is_err_and(|payload| payload.is::<&str>()), "{way}, {when:?}");
            is_clean();
            assert_eq!(Arc::strong_count(&argument), 1, "{way}, {when:?}");
            assert_eq!(holders(&held), 0, "{way}, {when:?}");
        }
    }
}

/// R7, R13: a drop goes on whatever a kind does, and the others are entered for it.
#[test]
fn a_kind_that_panics_in_a_drop_does_not_keep_the_others_from_being_entered() {
    quiet_expected_panics();
    tagged("registered", || carry::<Scripted>());
    // Registered last, and in front: whichever was registered first in this process.
    kinds_around(When::Enter);
    kinds_around(When::IsPresent);
}

fn kinds_around(when: When) {
    thread_local! {
        static LAST: Cell<bool> = const { Cell::new(false) };
    }

    struct Last;

    impl Ambient for Last {
        fn capture() -> Option<Self> {
            LAST.get().then_some(Self)
        }

        fn is_present() -> bool {
            LAST.get()
        }

        fn enter(&self) {
            LAST.set(true);
        }

        fn exit(&self) {
            LAST.set(false);
        }
    }

    carry::<Last>();
    let script = panics_in(when);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let argument = || {
        let seen = Arc::clone(&seen);
        OnDrop(move || seen.lock().expect("no panic").push((tag(), LAST.get())))
    };
    LAST.set(true);
    let futures: [BoxedFuture; 2] = tagged("captured", || {
        scripted(&script, || -> [BoxedFuture; 2] {
            [
                Box::pin(waits(argument())),
                Box::pin(plain(argument()).in_current_context()),
            ]
        })
    });
    LAST.set(false);
    for future in futures {
        asked(&script, || assert_eq!(caught(|| drop(future)), None, "it panics"));
        assert!(!LAST.get());
        is_clean();
    }
    let seen = std::mem::take(&mut *seen.lock().expect("no panic"));
    assert_eq!(seen, [(Some("captured"), true); 2], "{when:?}");
}

/// R13: captures on a thread whose `capture` takes its time, while another registers.
#[test]
fn a_slow_capture_while_another_thread_registers() {
    struct Other;

    impl Ambient for Other {
        fn capture() -> Option<Self> {
            None
        }
        fn is_present() -> bool {
            unreachable!("it is never captured")
        }
        fn enter(&self) {}
        fn exit(&self) {}
    }

    let script: Script = Arc::new(|now| {
        if now == When::Capture {
            thread::spawn(carry::<Other>).join().expect("no panic");
        }
    });
    let future = tagged("captured", || scripted(&script, || waits(())));
    assert_eq!(asked(&script, || drive(future)), "inside");
    is_clean();
}
