//! A task that ends early, or badly, leaves nothing of its own behind.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use contextvars::{context_var, with_context};
use futures::FutureExt;
use futures::future::{self, Either};

use crate::clean::threads_are_clean;
use crate::common::{OnDrop, poll_once, quiet_expected_panics, yield_now};
use crate::executor::Executor;

#[context_var]
static NAME: &str = "nobody";

#[with_context]
async fn never(name: &'static str) {
    NAME.set(name);
    future::pending::<()>().await;
}

#[with_context]
async fn panics(name: &'static str) {
    NAME.set(name);
    yield_now().await;
    let _guard = NAME.set("guarded").guard();
    panic!("expected");
}

/// R6
#[with_context]
pub(crate) async fn dropping_a_pending_task_leaves_its_caller_alone<E: Executor>() {
    NAME.set("caller");
    let mut pending = Box::pin(never("pending"));
    assert!(poll_once(pending.as_mut()).is_pending());
    drop(pending);
    assert_eq!(NAME.get(), "caller");
    drop(never("never polled"));
    assert_eq!(NAME.get(), "caller");

    let task = E::spawn(never("cancelled"));
    yield_now().await;
    task.cancel().await;
    assert_eq!(NAME.get(), "caller");
    threads_are_clean::<E>().await;
}

/// R6, Case T28
#[with_context]
pub(crate) async fn the_losers_of_a_select_leave_no_trace<E: Executor>() {
    NAME.set("caller");
    futures::select! {
        () = never("loser").fuse() => unreachable!(),
        () = panics_not("winner").fuse() => {}
    }
    assert_eq!(NAME.get(), "caller");
    let loser = NAME.scope("scoped loser", never("loser"));
    assert!(matches!(
        future::select(Box::pin(loser), future::ready(())).await,
        Either::Right(_)
    ));
    assert_eq!(NAME.get(), "caller");
    threads_are_clean::<E>().await;
}

#[with_context]
async fn panics_not(name: &'static str) {
    NAME.set(name);
    yield_now().await;
    assert_eq!(NAME.get(), name);
}

/// R6, Cases 277, T1, P15
#[with_context]
pub(crate) async fn a_panic_in_a_task_leaves_no_trace<E: Executor>() {
    NAME.set("caller");
    for _ in 0..4 {
        quiet_expected_panics();
        E::spawn(panics("panicking")).join().await.expect_err("it panics");
        assert_eq!(NAME.get(), "caller");
    }
    threads_are_clean::<E>().await;
}

/// R6, Cases 277, T1
#[with_context]
pub(crate) async fn a_panic_in_an_awaited_handler_leaves_no_trace<E: Executor>() {
    quiet_expected_panics();
    let token = NAME.set("caller");
    let caught = AssertUnwindSafe(panics("panicking")).catch_unwind().await;
    caught.expect_err("it panics");
    assert_eq!(NAME.get(), "caller");
    let caught = AssertUnwindSafe(NAME.scope("scope", panics("panicking")))
        .catch_unwind()
        .await;
    caught.expect_err("it panics");
    assert_eq!(NAME.get(), "caller");
    yield_now().await;
    NAME.reset(token).expect("the caller's context is the same as before");
    assert_eq!(NAME.get(), "nobody");
    threads_are_clean::<E>().await;
}

/// R6
#[with_context]
pub(crate) async fn a_timeout_leaves_no_trace<E: Executor>() {
    NAME.set("caller");
    let sleep = E::sleep(Duration::from_millis(1));
    assert!(matches!(
        future::select(Box::pin(never("late")), Box::pin(sleep)).await,
        Either::Right(_)
    ));
    assert_eq!(NAME.get(), "caller");
    threads_are_clean::<E>().await;
}

/// R6, Case T3
#[with_context]
pub(crate) async fn a_panic_in_a_tasks_destructor_leaves_no_trace<E: Executor>() {
    #[with_context]
    async fn bombed() {
        NAME.set("bombed");
        let _bomb = OnDrop(|| panic!("expected"));
        yield_now().await;
    }

    quiet_expected_panics();
    NAME.set("caller");
    for _ in 0..4 {
        E::spawn(bombed()).join().await.expect_err("it panics");
        assert_eq!(NAME.get(), "caller");
    }
    threads_are_clean::<E>().await;
}
