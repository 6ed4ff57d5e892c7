//! `#[rstest]`: cases, values, fixtures and time limits, also of async tests.

use contextvars::{context_var, with_context};
use rstest::{fixture, rstest};
use std::time::Duration;
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

#[fixture]
#[with_context(USER = "fixture")]
async fn from_context() -> &'static str {
    yield_now().await;
    USER.get()
}

#[with_context(USER = name)]
#[rstest]
#[case::alice("alice")]
#[case::bob("bob")]
fn plain_above(#[case] name: &'static str) {
    assert_eq!(USER.get(), name);
}

#[rstest]
#[case::alice("alice")]
#[with_context(USER = "bound")]
fn plain_below(#[case] name: &'static str) {
    assert_eq!((USER.get(), name), ("bound", "alice"));
}

#[with_context(USER = name)]
#[rstest]
#[tokio::test]
async fn above(#[values("alice", "bob")] name: &'static str, #[future(awt)] from_context: &'static str) {
    yield_now().await;
    assert_eq!((USER.get(), from_context), (name, "fixture"));
}

#[rstest]
#[tokio::test]
#[with_context]
async fn below(#[values("alice", "bob")] name: &'static str, #[future] from_context: &'static str) {
    drop(USER.set(name));
    assert_eq!(from_context.await, "fixture");
    assert_eq!(USER.get(), name);
}

/// A limit takes async tests to a task of its own, and plain ones to a thread.
#[with_context(USER = name)]
#[rstest]
#[timeout(Duration::from_secs(60))]
#[tokio::test]
async fn with_a_time_limit(#[values("alice", "bob")] name: &'static str) {
    yield_now().await;
    assert_eq!(USER.get(), name);
}

#[with_context(USER = name)]
#[rstest]
#[timeout(Duration::from_secs(60))]
fn plain_with_a_time_limit(#[values("alice", "bob")] name: &'static str) {
    assert_eq!(USER.get(), name);
}
