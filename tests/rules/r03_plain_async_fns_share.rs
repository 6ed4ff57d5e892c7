//! R3: plain async fns share the context that they are polled in.

use std::pin::pin;

use contextvars::{Context, Token, context_var, with_context};
use futures::future::join;
use futures::stream::{self, StreamExt};

use crate::common::{drive, poll_once, ready, yield_now};

#[context_var]
static NAME: &str = "nobody";

async fn plain(name: &'static str) -> &'static str {
    let before = NAME.get();
    NAME.set(name);
    yield_now().await;
    before
}

/// R3, Cases 109, 136
#[test]
fn what_a_plain_callee_sets_its_caller_sees() {
    #[with_context]
    async fn caller() -> [&'static str; 3] {
        NAME.set("caller");
        let seen = plain("callee").await;
        let after = NAME.get();
        let deeper = async { plain("deeper").await }.await;
        assert_eq!(deeper, "callee");
        [seen, after, NAME.get()]
    }

    assert_eq!(drive(caller()), ["caller", "callee", "deeper"]);
    assert_eq!(NAME.get(), "nobody");
}

/// R3: a token that a plain callee hands back is its caller's own.
#[test]
fn a_plain_callees_token_is_its_callers() {
    async fn set() -> Token<&'static str> {
        let token = NAME.set("callee");
        yield_now().await;
        token
    }

    #[with_context]
    async fn caller() -> &'static str {
        let token = set().await;
        assert_eq!(NAME.get(), "callee");
        NAME.reset(token).expect("the same context");
        NAME.get()
    }

    assert_eq!(drive(caller()), "nobody");
}

/// R3, Case T12
#[test]
fn plain_futures_of_one_owner_share_it() {
    #[with_context]
    async fn owner() -> (&'static str, &'static str, &'static str) {
        let (a, b) = join(plain("a"), plain("b")).await;
        (a, b, NAME.get())
    }

    assert_eq!(drive(owner()), ("nobody", "a", "b"));
}

/// R3, Case T9: in a plain async fn a guard across an await is its owner's, and siblings see it.
#[test]
fn a_plain_callees_guard_is_seen_by_its_siblings() {
    async fn guarded() {
        let _guard = NAME.set("guarded").guard();
        yield_now().await;
    }

    #[with_context]
    async fn owner() -> (&'static str, &'static str) {
        let ((), seen) = join(guarded(), async { NAME.get() }).await;
        (seen, NAME.get())
    }

    assert_eq!(drive(owner()), ("guarded", "nobody"));
}

/// R3: a plain future is at home wherever it is polled.
#[test]
fn a_plain_future_shares_with_whoever_polls_it() {
    let mut future = pin!(async {
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(NAME.get());
            NAME.set("changed");
            yield_now().await;
        }
        seen
    });
    for name in ["one", "two", "three"] {
        Context::new().with(&NAME, name).run(|| {
            assert!(poll_once(future.as_mut()).is_pending());
            assert_eq!(NAME.get(), "changed");
        });
    }
    assert_eq!(ready(future), ["one", "two", "three"]);
}

/// R3, Case 53
#[test]
fn a_plain_stream_sees_each_consumer() {
    let mut stream = pin!(stream::repeat_with(|| NAME.get()));
    for name in ["one", "two", "three"] {
        Context::new()
            .with(&NAME, name)
            .run(|| assert_eq!(ready(stream.next()), Some(name)));
    }
    assert_eq!(ready(stream.next()), Some("nobody"));
}
