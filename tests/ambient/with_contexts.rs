//! Contexts, scopes, tokens and preludes are with what is carried as they are without.

use std::future::Future;
use std::pin::Pin;
use std::thread;

use contextvars::{Context, ContextExt, bind, context_var, with_context};
use futures::future::BoxFuture;

use crate::common::{drive, drive_across_threads, poll_once, yield_now};
use crate::tag::{NAME, here, tag, tagged, untagged};

#[context_var]
static OTHER: u32 = 0;

#[context_var(local)]
static LOCAL: u32 = 0;

const CAPTURED: Option<&str> = Some("captured");

/// Makes it on a thread that has "captured", and polls it on threads that have none.
fn carried<F: Future<Output: Send> + Send>(make: impl FnOnce() -> F) -> F::Output {
    drive_across_threads(tagged("captured", make))
}

/// R2, R13
#[test]
fn tokens_last_across_awaits() {
    #[with_context]
    async fn resets() {
        let token = NAME.set("first");
        yield_now().await;
        assert_eq!(here(), (CAPTURED, "first"));
        let guard = NAME.set("second").guard();
        let of_local = LOCAL.set(1);
        yield_now().await;
        assert_eq!(LOCAL.get(), 1);
        assert!(LOCAL.reset(of_local).is_ok());
        drop(guard);
        assert_eq!(here(), (CAPTURED, "first"));
        yield_now().await;
        assert!(NAME.reset(token).is_ok());
        assert_eq!((here(), LOCAL.get()), ((CAPTURED, "nobody"), 0));
    }
    carried(resets);
    carried(|| bind!(async { resets().await }));
    carried(|| {
        let plain = async {
            let token = NAME.set("inside");
            let guard = OTHER.set(1).guard();
            yield_now().await;
            drop(guard);
            assert!(NAME.reset(token).is_ok());
            assert_eq!((here(), OTHER.get()), ((CAPTURED, "nobody"), 0));
        };
        plain.in_current_context()
    });
}

/// R13
#[test]
fn a_token_of_another_context_is_refused() {
    #[with_context]
    async fn token() -> contextvars::Token<u32> {
        let token = OTHER.set(1);
        yield_now().await;
        token
    }
    #[with_context]
    async fn other(token: contextvars::Token<u32>) {
        OTHER.set(2);
        yield_now().await;
        assert!(OTHER.reset(token).is_err());
    }
    let token = carried(token);
    carried(|| other(token));
}

/// R2, R13
#[test]
fn what_is_set_stays_inside() {
    #[with_context]
    async fn sets() {
        NAME.set("inside");
        LOCAL.set(1);
        yield_now().await;
        assert_eq!((here(), LOCAL.get()), ((CAPTURED, "inside"), 1));
    }
    Context::new().run(|| {
        NAME.set("poller");
        LOCAL.set(7);
        let mut future = Box::pin(tagged("captured", sets));
        assert!(poll_once(future.as_mut()).is_pending());
        assert_eq!((here(), LOCAL.get()), ((None, "poller"), 7));
        assert!(poll_once(future.as_mut()).is_ready());
        assert_eq!((here(), LOCAL.get()), ((None, "poller"), 7));
    });
}

/// R4, R13
#[test]
fn a_scope_made_later_applies() {
    #[with_context]
    async fn reads() -> (crate::tag::Here, u32) {
        yield_now().await;
        (here(), OTHER.get())
    }
    assert_eq!(carried(|| NAME.scope("scope", reads())), ((CAPTURED, "scope"), 0));
    assert_eq!(
        carried(|| NAME.scope("scope", OTHER.scope(1, reads()))),
        ((CAPTURED, "scope"), 1)
    );
    let wrapped = || async { (here(), OTHER.get()) }.in_current_context();
    assert_eq!(carried(|| NAME.scope("scope", wrapped())), ((CAPTURED, "scope"), 0));
    // Somewhere else.
    let job = tagged("captured", || NAME.sync_scope("job", reads));
    assert_eq!(drive(NAME.scope("worker", job)), ((CAPTURED, "job"), 0));
    // Sealed.
    let sealed = tagged("captured", || {
        NAME.scope("scope", reads().in_context(Context::new().with(&OTHER, 2)))
    });
    assert_eq!(drive(sealed), ((CAPTURED, "nobody"), 2));
}

/// R4, R13
#[test]
fn a_scope_applies_to_what_carries_and_what_does_not() {
    #[with_context]
    async fn reads() -> crate::tag::Here {
        here()
    }
    let carries = tagged("captured", reads);
    assert_eq!(drive(NAME.scope("scope", carries)), (CAPTURED, "scope"));
    let carries_nothing = reads();
    let scope = tagged("captured", || NAME.scope("scope", carries_nothing));
    assert_eq!(drive(scope), (CAPTURED, "scope"));
    // In a frame of its own too, first polled elsewhere.
    #[with_context]
    async fn outer() -> BoxFuture<'static, crate::tag::Here> {
        Box::pin(NAME.scope("inner scope", reads()))
    }
    assert_eq!(drive_across_threads(carried(outer)), (CAPTURED, "inner scope"));
}

#[with_context]
fn with_prelude() -> Pin<Box<dyn Future<Output = (crate::tag::Here, u32, u32)> + Send>> {
    let token = NAME.set("prelude");
    LOCAL.set(3);
    assert_eq!(tag(), CAPTURED);
    Box::pin(async move {
        yield_now().await;
        let all = (here(), OTHER.get(), LOCAL.get());
        // Of the frame that goes on, unless a wrapper has changed what it goes on with.
        if OTHER.get() == 0 {
            assert!(NAME.reset(token).is_ok());
            assert_eq!(NAME.get(), "nobody");
        }
        all
    })
}

/// R13
#[test]
fn a_future_goes_on_after_its_prelude() {
    assert_eq!(carried(with_prelude), ((CAPTURED, "prelude"), 0, 3));
    // A scope around comes before what the function wrote.
    assert_eq!(
        carried(|| NAME.scope("scope", OTHER.scope(1, with_prelude()))),
        ((CAPTURED, "prelude"), 1, 3)
    );
    let never = tagged("captured", || OTHER.scope(1, with_prelude()));
    drop(never);
}

/// R13
#[test]
fn a_prelude_without_local_variables() {
    #[with_context]
    fn returned() -> impl Future<Output = crate::tag::Here> + Send {
        NAME.set("prelude");
        let made = async { here() }.in_current_context();
        async move {
            yield_now().await;
            let first = made.await;
            let there = here();
            assert_eq!(first, there);
            there
        }
    }
    assert_eq!(carried(returned), (CAPTURED, "prelude"));
    assert_eq!(carried(|| NAME.scope("scope", returned())), (CAPTURED, "prelude"));
    assert_eq!(carried(|| OTHER.scope(1, returned())), (CAPTURED, "prelude"));
}

/// R13
#[test]
fn a_scope_of_a_local_variable() {
    let scoped = tagged("captured", || {
        LOCAL.scope(5, async {
            yield_now().await;
            (here(), LOCAL.get())
        })
    });
    assert_eq!(drive_across_threads(scoped), ((CAPTURED, "nobody"), 5));
    #[with_context]
    async fn reads() -> (crate::tag::Here, u32) {
        yield_now().await;
        (here(), LOCAL.get())
    }
    // What is awaited sees the local variables of where it is polled first.
    assert_eq!(carried(|| LOCAL.scope(5, reads())), ((CAPTURED, "nobody"), 5));
    let future = tagged("captured", reads);
    assert_eq!(drive(LOCAL.scope(6, future)), ((CAPTURED, "nobody"), 6));
}

/// R9, R13
#[test]
fn a_thread_that_is_started_inside_has_nothing() {
    #[with_context]
    async fn starts() -> (crate::tag::Here, crate::tag::Here) {
        NAME.set("inside");
        let bare = thread::spawn(here).join().expect("no panic");
        let bound = thread::spawn(bind(here)).join().expect("no panic");
        (bare, bound)
    }
    assert_eq!(carried(starts), ((None, "nobody"), (CAPTURED, "inside")));
}

/// R13
#[test]
fn a_future_is_moved_before_its_first_poll() {
    #[with_context]
    async fn reads<T>(value: T) -> (crate::tag::Here, T) {
        (here(), value)
    }
    let futures: Vec<_> = (0..10).map(|number| tagged("captured", || reads(number))).collect();
    let mut moved: Vec<_> = futures.into_iter().rev().map(Box::new).collect();
    moved.rotate_left(3);
    let numbers: Vec<_> = moved.into_iter().map(|future| drive(*future)).collect();
    assert_eq!(numbers.len(), 10);
    assert!(numbers.iter().all(|(there, _)| *there == (CAPTURED, "nobody")));
}

/// R13
#[test]
fn a_write_in_the_middle_is_the_polls_own() {
    // What a poll does to the thread's state inside is undone with it: the kind puts back what was there.
    #[with_context]
    async fn without_for_a_while() -> [Option<&'static str>; 3] {
        let first = tag();
        let second = untagged(|| drive(async { tag() }));
        yield_now().await;
        [first, second, tag()]
    }
    assert_eq!(carried(without_for_a_while), [CAPTURED, None, CAPTURED]);
}
