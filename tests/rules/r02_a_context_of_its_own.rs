//! R2: a context of its own.

use std::pin::pin;

use contextvars::{Context, ContextExt, context_var, with_context};

use crate::common::{drive, drive_across_threads, outside_and_inside, poll_once, ready, yield_now};

#[context_var]
static NAME: String = "nobody".to_owned();
#[context_var]
static NUMBER: u32;

#[with_context]
async fn writer() -> Vec<String> {
    let mut seen = vec![NAME.get()];
    for round in 1..=3 {
        NAME.set(format!("round {round}"));
        yield_now().await;
        seen.push(NAME.get());
    }
    seen
}

const ROUNDS: [&str; 3] = ["round 1", "round 2", "round 3"];

/// R2, Cases 136, T30
#[test]
fn writes_survive_the_futures_own_awaits() {
    outside_and_inside(|| {
        assert_eq!(drive(writer())[1..], ROUNDS);
        assert_eq!(drive(async { writer().await })[1..], ROUNDS);
        assert_eq!(NAME.get(), "nobody");
    });
}

/// R2, Case 275
#[test]
fn writes_survive_a_change_of_thread_at_every_poll() {
    outside_and_inside(|| {
        assert_eq!(drive_across_threads(writer())[1..], ROUNDS);
        let wrapped = drive_across_threads(NAME.scope("scope".to_owned(), async {
            NUMBER.set(1);
            yield_now().await;
            (NAME.get(), NUMBER.get())
        }));
        assert_eq!(wrapped, ("scope".to_owned(), Some(1)));
    });
}

/// R2, Case 276
#[test]
fn the_poller_sees_nothing_between_polls() {
    Context::new().run(|| {
        NAME.set("poller".to_owned());
        let mut future = pin!(writer());
        for round in 0..3 {
            assert!(poll_once(future.as_mut()).is_pending());
            let expected = if round == 0 {
                "poller".to_owned()
            } else {
                format!("poller {}", round - 1)
            };
            assert_eq!(NAME.get(), expected);
            NAME.set(format!("poller {round}"));
        }
        let seen = ready(future);
        assert_eq!(seen[0], "poller");
        assert_eq!(seen[1..], ROUNDS, "nor does the future see what the poller sets");
    });
}

/// R2, Case T30: every wrapper makes a context of its own.
#[test]
fn every_wrapper_is_private() {
    async fn set() -> String {
        NAME.set("inside".to_owned());
        yield_now().await;
        NAME.get()
    }

    Context::new().run(|| {
        NAME.set("outside".to_owned());
        assert_eq!(drive(set().in_current_context()), "inside");
        assert_eq!(NAME.get(), "outside");
        let given = Context::current();
        assert_eq!(drive(set().in_context(given.clone())), "inside");
        assert_eq!(NAME.get(), "outside");
        assert_eq!(
            given.get(&NAME).map(String::as_str),
            Some("outside"),
            "the given context is a value"
        );
        assert_eq!(drive(NAME.scope("scope".to_owned(), set())), "inside");
        assert_eq!(NAME.get(), "outside");
        assert_eq!(drive(NUMBER.scope(1, set())), "inside");
        assert_eq!((NAME.get(), NUMBER.get()), ("outside".to_owned(), None));
    });
}

/// R2: two futures made of one context write apart.
#[test]
fn two_futures_of_one_context_write_apart() {
    let context = Context::new().with(&NUMBER, 1);
    let add = |n| {
        async move {
            NUMBER.set(NUMBER.get().expect("bound") + n);
            yield_now().await;
            NUMBER.get()
        }
        .in_context(context.clone())
    };
    let (mut ten, mut hundred) = (pin!(add(10)), pin!(add(100)));
    assert!(poll_once(ten.as_mut()).is_pending());
    assert!(poll_once(hundred.as_mut()).is_pending());
    assert_eq!((ready(ten), ready(hundred)), (Some(11), Some(101)));
    assert_eq!(context.get(&NUMBER), Some(&1));
}

/// R2: an annotated plain fn runs in a copy too.
#[test]
fn an_annotated_sync_fn_is_private() {
    #[with_context]
    fn set(number: u32) -> (Option<u32>, Option<u32>) {
        let before = NUMBER.get();
        NUMBER.set(number);
        (before, NUMBER.get())
    }

    outside_and_inside(|| {
        assert_eq!(set(1), (None, Some(1)));
        assert_eq!(set(2), (None, Some(2)));
        assert_eq!(NUMBER.get(), None);
    });
    Context::new().run(|| {
        NUMBER.set(7);
        assert_eq!(set(8), (Some(7), Some(8)));
        assert_eq!(NUMBER.get(), Some(7));
    });
}

/// R2, Case 282: each annotated call is an owner, so a callee refuses its caller's token and the reverse.
#[test]
fn each_call_owns_its_tokens() {
    #[with_context]
    async fn callee(callers: contextvars::Token<u32>) -> (contextvars::Token<u32>, contextvars::Token<u32>) {
        let callers = NUMBER.reset(callers).expect_err("the caller's").into_token();
        assert_eq!(NUMBER.get(), Some(1));
        (callers, NUMBER.set(2))
    }

    Context::new().run(|| {
        let (own, callees) = ready(callee(NUMBER.set(1)));
        NUMBER.reset(callees).expect_err("the callee's");
        assert_eq!(NUMBER.get(), Some(1));
        NUMBER.reset(own).expect("its own");
        assert_eq!(NUMBER.get(), None);
    });
}
