//! `#[framed]` of `async-backtrace`: the frames are there, and so is the context.

use async_backtrace::framed;
use contextvars::{context_var, with_context};
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

/// The user, and the innermost frames' functions.
async fn seen() -> (&'static str, Vec<String>) {
    yield_now().await;
    let frames = async_backtrace::backtrace().unwrap_or_default();
    let names = frames.iter().filter_map(async_backtrace::Location::name);
    (USER.get(), names.map(str::to_owned).collect())
}

#[with_context]
#[framed]
async fn above() -> (&'static str, Vec<String>) {
    seen().await
}

#[framed]
#[with_context]
async fn below() -> (&'static str, Vec<String>) {
    seen().await
}

#[framed]
#[with_context(USER = user)]
async fn bound(user: &'static str) -> (&'static str, Vec<String>) {
    below().await
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_and_values_are_those_of_the_call() {
    let calls = |user| USER.sync_scope(user, || [tokio::spawn(above()), tokio::spawn(below())]);
    for (user, calls) in ["alice", "bob"].map(|user| (user, calls(user))) {
        for (call, name) in calls.into_iter().zip(["above", "below"]) {
            let (seen, frames) = call.await.unwrap();
            assert_eq!(seen, user);
            assert!(frames.len() == 1 && frames[0].contains(name), "{frames:?}");
        }
        let (seen, frames) = bound(user).await;
        assert_eq!((seen, frames.len()), (user, 2));
    }
}
