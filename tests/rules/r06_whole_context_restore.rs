//! R6: leaving restores exactly what was there before.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context as Waking, Poll, Wake, Waker};

use contextvars::{Context, ContextExt, bind, bind_fn, context_var, with_context};
use futures::FutureExt;
use futures::executor::block_on;
use futures::future::{pending, poll_fn, ready as at_once};

use crate::common::{OnDrop, panic_of, poll_once, ready, yield_now};

#[context_var]
static NAME: String = "nobody".to_owned();
#[context_var]
static NUMBER: u32;
#[context_var]
static OTHER: u32;

/// Changes one variable, unbinds another, binds a third and keeps no token.
fn mess() {
    NAME.set("mess".to_owned());
    NUMBER.unset();
    OTHER.set(1);
    NAME.set("more mess".to_owned());
}

/// Runs `f` outside every context and inside one; each must be afterwards what it was before.
fn leaves_no_trace(f: impl Fn()) {
    f();
    assert_eq!((NAME.is_set(), NUMBER.is_set(), OTHER.is_set()), (false, false, false));
    assert_eq!(Context::current().len(), 0);
    NUMBER.try_set(1).expect_err("no context is entered");

    Context::new().run(|| {
        NAME.set("before".to_owned());
        let token = NUMBER.set(1);
        f();
        assert_eq!((&*NAME.get(), NUMBER.get(), OTHER.get()), ("before", Some(1), None));
        assert_eq!(Context::current().len(), 2);
        NUMBER
            .reset(token)
            .expect("the same context as before, not a copy of it");
        assert_eq!(NUMBER.get(), None);
    });
}

#[with_context]
async fn annotated(fail: bool) -> Result<(), String> {
    mess();
    yield_now().await;
    mess();
    if fail {
        Err("early".to_owned())?;
    }
    Ok(())
}

#[with_context]
fn annotated_sync(fail: bool) -> Result<(), String> {
    mess();
    if fail {
        return Err("early".to_owned());
    }
    Ok(())
}

#[with_context]
async fn panics() {
    mess();
    yield_now().await;
    let _guard = OTHER.set(2).guard();
    panic!("expected");
}

/// R6, Cases 12, 167
#[test]
fn on_return() {
    leaves_no_trace(|| Context::new().run(mess));
    leaves_no_trace(|| Context::current().run(mess));
    leaves_no_trace(|| NUMBER.sync_scope(2, mess));
    leaves_no_trace(|| bind(mess)());
    leaves_no_trace(|| bind_fn(mess)());
    leaves_no_trace(|| annotated_sync(false).expect("it succeeds"));
    leaves_no_trace(|| block_on(annotated(false)).expect("it succeeds"));
    leaves_no_trace(|| block_on(NUMBER.scope(2, async { mess() })));
    leaves_no_trace(|| block_on(async { mess() }.in_current_context()));
    leaves_no_trace(|| block_on(async { mess() }.in_context(Context::new().with(&OTHER, 3))));
}

/// R6, Case 13
#[test]
fn on_early_return_and_question_mark() {
    leaves_no_trace(|| drop(annotated_sync(true).expect_err("it fails")));
    leaves_no_trace(|| drop(block_on(annotated(true)).expect_err("it fails")));
    leaves_no_trace(|| {
        let outcome: Result<(), _> = Context::new().run(|| {
            mess();
            "no number".parse::<u32>()?;
            unreachable!()
        });
        let _: std::num::ParseIntError = outcome.expect_err("it fails");
    });
}

/// R6, Cases 13, 15, 38, 167, 278
#[test]
fn on_panic() {
    fn mess_and_panic() {
        mess();
        let _guard = OTHER.set(2).guard();
        panic!("expected");
    }

    #[with_context]
    fn annotated_sync() {
        mess_and_panic();
    }

    fn panic_leaves_no_trace(f: impl Fn()) {
        leaves_no_trace(|| assert_eq!(panic_of(&f).message, "expected"));
    }

    panic_leaves_no_trace(|| Context::new().run(mess_and_panic));
    panic_leaves_no_trace(|| Context::current().run(|| Context::new().run(mess_and_panic)));
    panic_leaves_no_trace(|| NUMBER.sync_scope(2, mess_and_panic));
    panic_leaves_no_trace(|| bind(mess_and_panic)());
    panic_leaves_no_trace(|| bind_fn(mess_and_panic)());
    panic_leaves_no_trace(annotated_sync);
    panic_leaves_no_trace(|| block_on(panics()));
    panic_leaves_no_trace(|| block_on(NUMBER.scope(2, panics())));
    panic_leaves_no_trace(|| block_on(NUMBER.scope(2, async { mess_and_panic() })));
    panic_leaves_no_trace(|| block_on(panics().in_context(Context::new())));
}

/// R6, Case T1: a panic that is caught between two owners leaves the outer one as it was.
#[test]
fn on_a_panic_caught_by_the_outer_future() {
    #[with_context]
    async fn outer() -> (String, Option<u32>) {
        NAME.set("outer".to_owned());
        let token = NUMBER.set(5);
        AssertUnwindSafe(panics()).catch_unwind().await.expect_err("it panics");
        let seen = (NAME.get(), NUMBER.get());
        NUMBER
            .reset(token)
            .expect("the outer future's context is the same as before");
        seen
    }

    crate::common::quiet_expected_panics();
    leaves_no_trace(|| assert_eq!(block_on(outer()), ("outer".to_owned(), Some(5))));
}

/// R6
#[test]
fn on_pending_and_cancellation() {
    #[with_context]
    async fn annotated() {
        mess();
        let _guard = NAME.set("guarded".to_owned()).guard();
        pending::<()>().await;
    }

    fn poll_and_drop(future: impl Future<Output = ()>) {
        let before = (NAME.get(), NUMBER.get(), Context::current().len());
        let mut future = Box::pin(future);
        for _ in 0..2 {
            assert!(poll_once(future.as_mut()).is_pending());
            assert_eq!(before, (NAME.get(), NUMBER.get(), Context::current().len()));
        }
        drop(future);
        assert_eq!(before, (NAME.get(), NUMBER.get(), Context::current().len()));
    }

    let plain = || {
        poll_fn(|_| {
            mess();
            Poll::<()>::Pending
        })
    };
    leaves_no_trace(|| poll_and_drop(annotated()));
    leaves_no_trace(|| poll_and_drop(NUMBER.scope(2, annotated())));
    leaves_no_trace(|| poll_and_drop(annotated().in_context(Context::new())));
    leaves_no_trace(|| poll_and_drop(NUMBER.scope(2, plain())));
    leaves_no_trace(|| poll_and_drop(plain().in_current_context()));
    leaves_no_trace(|| drop(annotated()));
    leaves_no_trace(|| drop(NUMBER.scope(2, annotated())));
}

/// R6, Case T3
#[test]
fn on_a_panic_in_a_destructor() {
    #[with_context]
    async fn annotated() {
        mess();
        let _bomb = OnDrop(|| {
            mess();
            panic!("expected");
        });
        pending::<()>().await;
    }

    #[with_context]
    async fn with_argument<T>(bomb: T) {
        drop(bomb);
    }

    leaves_no_trace(|| {
        let mut future = Box::pin(annotated());
        assert!(poll_once(future.as_mut()).is_pending());
        assert_eq!(panic_of(|| drop(future)).message, "expected");
    });
    leaves_no_trace(|| {
        let mut future = Box::pin(NUMBER.scope(2, annotated()));
        assert!(poll_once(future.as_mut()).is_pending());
        assert_eq!(panic_of(|| drop(future)).message, "expected");
    });
    leaves_no_trace(|| {
        let never_polled = with_argument(OnDrop(|| panic!("expected")));
        assert_eq!(panic_of(|| drop(never_polled)).message, "expected");
    });
}

/// R6, Case T3: the destructor runs at the end of the last poll, or with the wrapper; once in either case.
#[test]
fn on_a_panic_in_the_destructor_of_a_completed_future() {
    struct Completes<T>(T);

    impl<T> Future for Completes<T> {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<()> {
            mess();
            Poll::Ready(())
        }
    }

    leaves_no_trace(|| {
        let drops = Cell::new(0);
        let bomb = OnDrop(|| {
            drops.set(drops.get() + 1);
            mess();
            panic!("expected");
        });
        let mut future = Box::pin(NUMBER.scope(2, Completes(bomb)));
        let panicked = panic_of(|| {
            let _ = poll_once(future.as_mut());
            drop(future);
        });
        assert_eq!((&*panicked.message, drops.get()), ("expected", 1));
    });
}

/// R6, Case T15: a value whose drop panics.
#[test]
fn on_a_panic_in_a_values_drop() {
    #[derive(Debug)]
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("expected");
        }
    }

    #[context_var]
    static BOMB: Bomb;

    let panicked = |panicked: crate::common::Panicked| assert_eq!(panicked.message, "expected");
    leaves_no_trace(|| panicked(panic_of(|| BOMB.sync_scope(Bomb, mess))));
    leaves_no_trace(|| panicked(panic_of(|| ready(BOMB.scope(Bomb, async { mess() })))));
    leaves_no_trace(|| panicked(panic_of(|| drop(BOMB.scope(Bomb, async { mess() })))));
    leaves_no_trace(|| {
        Context::new().run(|| {
            let token = BOMB.set(Bomb);
            panicked(panic_of(|| BOMB.reset(token)));
            assert!(!BOMB.is_set(), "the reset itself took place");
            NUMBER.set(3);
            assert_eq!(NUMBER.get(), Some(3));
        });
    });
}

/// R6, Case T5
#[test]
fn on_a_poll_after_the_end() {
    let message = "`InContext` polled after completion";
    leaves_no_trace(|| {
        let mut future = Box::pin(annotated(false));
        while poll_once(future.as_mut()).is_pending() {}
        assert_eq!(panic_of(|| poll_once(future.as_mut())).message, message);
    });
    leaves_no_trace(|| {
        let mut future = Box::pin(panics());
        assert!(poll_once(future.as_mut()).is_pending());
        assert_eq!(panic_of(|| poll_once(future.as_mut())).message, "expected");
        assert_eq!(
            panic_of(|| poll_once(future.as_mut())).message,
            "`async fn` resumed after panicking"
        );
    });
    leaves_no_trace(|| {
        let mut future = pin!(NUMBER.scope(2, at_once(())));
        assert!(poll_once(future.as_mut()).is_ready());
        assert_eq!(panic_of(|| poll_once(future.as_mut())).message, message);
    });
}

/// R6, Cases 154, 158
#[test]
fn on_the_way_out_of_a_thousand_runs() {
    fn deeper(left: u32) {
        NUMBER.set(left);
        if left > 0 {
            Context::current().run(|| deeper(left - 1));
        }
        assert_eq!(NUMBER.get(), Some(left));
    }

    leaves_no_trace(|| Context::new().run(|| deeper(1000)));
}

/// R6, Case 156
#[test]
fn on_the_way_out_of_alternating_runs_and_exits() {
    fn enter(left: u32) {
        NUMBER.sync_scope(left, || exit(left));
        assert_eq!(NUMBER.get(), None);
    }

    fn exit(left: u32) {
        Context::new().run(|| {
            assert_eq!(NUMBER.get(), None);
            if left > 0 {
                enter(left - 1);
            }
        });
        assert_eq!(NUMBER.get(), Some(left));
    }

    leaves_no_trace(|| Context::new().run(|| enter(100)));
}

/// R6, Case 280: another future is driven inside a poll.
#[test]
fn on_the_way_out_of_a_poll_inside_a_poll() {
    #[with_context]
    async fn outer() -> (String, Option<u32>) {
        NAME.set("outer".to_owned());
        NUMBER.set(5);
        poll_fn(|_| {
            assert!(poll_once(pin!(annotated(false))).is_pending());
            let mut inner = pin!(NAME.scope("inner".to_owned(), annotated(false)));
            while poll_once(inner.as_mut()).is_pending() {}
            Poll::Ready(())
        })
        .await;
        (NAME.get(), NUMBER.get())
    }

    leaves_no_trace(|| assert_eq!(ready(outer()), ("outer".to_owned(), Some(5))));
}

/// R6, Case 280: a waker that polls a future there and then.
#[test]
fn on_the_way_out_of_a_waker_that_polls() {
    struct Inline(Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>);

    impl Wake for Inline {
        fn wake(self: Arc<Self>) {
            if let Some(mut future) = self.0.lock().expect("no panic").take() {
                assert!(poll_once(future.as_mut()).is_pending());
                drop(future);
            }
        }
    }

    #[with_context]
    async fn woken() {
        mess();
        pending::<()>().await;
    }

    #[with_context]
    async fn wakes() -> (String, Option<u32>, Option<u32>) {
        NAME.set("waking".to_owned());
        let token = NUMBER.set(5);
        yield_now().await;
        let seen = (NAME.get(), NUMBER.get(), OTHER.get());
        NUMBER.reset(token).expect("the same context");
        seen
    }

    leaves_no_trace(|| {
        let waker = Waker::from(Arc::new(Inline(Mutex::new(Some(Box::pin(woken()))))));
        let mut waking = Waking::from_waker(&waker);
        let mut future = pin!(wakes());
        assert!(future.as_mut().poll(&mut waking).is_pending());
        assert_eq!(ready(future), ("waking".to_owned(), Some(5), None));
    });
}

/// Case 102: a panic hook is called where the panic is, before anything is restored.
#[test]
fn only_after_the_panic_hook() {
    let said = crate::common::child::in_a_child("r06_whole_context_restore::only_after_the_panic_hook", || {
        let log = crate::common::Log::new();
        let hook = log.clone();
        std::panic::set_hook(Box::new(move |_| {
            hook.push(NAME.get());
            hook.push(NAME.sync_scope("hook".to_owned(), || NAME.get()));
        }));
        let runs = AssertUnwindSafe(|| Context::new().with(&NAME, "run".to_owned()).run(|| panic!("expected")));
        std::panic::catch_unwind(runs).expect_err("it panics");
        let polled = AssertUnwindSafe(|| ready(NAME.scope("scope".to_owned(), async { panic!("expected") })));
        std::panic::catch_unwind(polled).expect_err("it panics");
        log.push(NAME.get());
        log.take().join(" ")
    });
    if let Some(said) = said {
        assert_eq!(said, "run hook scope hook nobody");
    }
}
