//! `#[test_case]` moves the attributes below it to the functions that it makes of the cases; those call the annotated one.

use contextvars::{context_var, with_context};
use test_case::{test_case, test_matrix};
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

#[with_context]
#[test_case("alice")]
#[test_case("bob")]
fn plain_above(name: &'static str) {
    drop(USER.set(name));
    assert_eq!(USER.get(), name);
}

#[test_case("alice" => "alice")]
#[with_context]
#[test_case("bob" => "bob")]
fn plain_between(name: &'static str) -> &'static str {
    drop(USER.set(name));
    USER.get()
}

#[with_context(USER = name)]
#[test_case("alice")]
#[test_case("bob")]
#[tokio::test]
async fn above(name: &'static str) {
    yield_now().await;
    assert_eq!(USER.get(), name);
    assert!(tokio::spawn(async { USER.try_set("leak").is_err() }).await.unwrap());
}

#[test_matrix(["alice", "bob"], [1, 2])]
#[tokio::test]
#[with_context(USER = "bound")]
async fn below(name: &'static str, _n: u32) {
    yield_now().await;
    assert_eq!(USER.get(), "bound");
    drop(USER.set(name));
    assert!(tokio::spawn(async { USER.try_set("leak").is_err() }).await.unwrap());
    assert_eq!(USER.get(), name);
}
