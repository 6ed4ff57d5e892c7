//! `#[serial]` of `serial_test`: it puts a closure around what drives the test.

use contextvars::{context_var, with_context};
use serial_test::{parallel, serial};
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

/// Whether the test's context is its own: a raw task has none to write to.
async fn is_on_the_future() -> bool {
    yield_now().await;
    tokio::spawn(async { USER.try_set("leak").is_err() }).await.unwrap()
}

#[tokio::test]
#[serial]
#[with_context(USER = "bound")]
async fn documented_order() {
    assert!(is_on_the_future().await);
    assert_eq!(USER.get(), "bound");
}

#[with_context(USER = "bound")]
#[tokio::test]
#[serial]
async fn first() {
    assert!(is_on_the_future().await);
    assert_eq!(USER.get(), "bound");
}

#[tokio::test(flavor = "multi_thread")]
#[with_context(USER = "bound")]
#[serial(users)]
async fn between() {
    assert!(is_on_the_future().await);
    assert_eq!(USER.get(), "bound");
}

#[serial]
#[tokio::test]
#[with_context(USER = "bound")]
async fn last() {
    assert!(is_on_the_future().await);
    assert_eq!(USER.get(), "bound");
}

#[tokio::test]
#[parallel]
#[with_context(USER = "bound")]
async fn beside_parallel() -> Result<(), std::num::ParseIntError> {
    let _: u8 = "1".parse()?;
    assert!(is_on_the_future().await);
    assert_eq!(USER.get(), "bound");
    Ok(())
}

#[test]
#[serial]
#[with_context(USER = "bound")]
fn plain() {
    assert_eq!(USER.get(), "bound");
}

#[with_context(USER = "bound")]
#[test]
#[serial]
fn plain_first() {
    assert_eq!(USER.get(), "bound");
}
