//! `#[test_log::test]`, alone and around the attribute of an executor.

use contextvars::{context_var, with_context};
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

#[with_context(USER = "bound")]
#[test_log::test]
fn plain_above() {
    assert_eq!(USER.get(), "bound");
}

#[test_log::test]
#[with_context(USER = "bound")]
fn plain_below() {
    assert_eq!(USER.get(), "bound");
}

#[with_context]
#[test_log::test(tokio::test)]
async fn above() {
    sets_and_is_not_lent().await;
}

#[test_log::test(tokio::test)]
#[with_context]
async fn below() {
    sets_and_is_not_lent().await;
}

#[tokio::test]
#[with_context]
#[test_log::test]
async fn between() {
    sets_and_is_not_lent().await;
}

/// Sets in the test's context, which the tasks of its executor must not be in.
async fn sets_and_is_not_lent() {
    drop(USER.set("inner"));
    yield_now().await;
    assert!(tokio::spawn(async { USER.try_set("leak").is_err() }).await.unwrap());
    assert_eq!(USER.get(), "inner");
    tracing::info!(user = USER.get(), "logged");
}
