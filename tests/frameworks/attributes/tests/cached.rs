//! `#[cached]`: key and body are evaluated in the context of the call, so a key that names the user keeps users apart.

use cached::proc_macro::{cached, once};
use contextvars::{context_var, with_context};
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

#[with_context]
#[cached(key = "(&'static str, u32)", convert = "{ (USER.get(), n) }")]
async fn above(n: u32) -> String {
    yield_now().await;
    format!("{n} for {}", USER.get())
}

#[cached(key = "(&'static str, u32)", convert = "{ (USER.get(), n) }")]
#[with_context]
async fn below(n: u32) -> String {
    yield_now().await;
    format!("{n} for {}", USER.get())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_that_of_the_caller() {
    for round in 0..2 {
        let calls = |user| USER.sync_scope(user, || [tokio::spawn(above(1)), tokio::spawn(below(1))]);
        for (user, calls) in ["alice", "bob"].map(|user| (user, calls(user))) {
            for call in calls {
                assert_eq!(call.await.unwrap(), format!("1 for {user}"), "round {round}");
            }
        }
    }
}

#[with_context(USER = user)]
#[cached(key = "&'static str", convert = "{ USER.get() }")]
async fn bound_above(user: &'static str) -> &'static str {
    yield_now().await;
    assert_eq!(USER.get(), user);
    USER.get()
}

#[cached(key = "&'static str", convert = "{ USER.get() }")]
#[with_context(USER = user)]
async fn bound_below(user: &'static str) -> &'static str {
    yield_now().await;
    assert_eq!(USER.get(), user);
    USER.get()
}

#[tokio::test]
async fn the_key_sees_what_is_bound() {
    assert_eq!(tokio::join!(bound_above("alice"), bound_above("bob")), ("alice", "bob"));
    assert_eq!(tokio::join!(bound_below("alice"), bound_below("bob")), ("alice", "bob"));
}

#[with_context]
#[cached(
    sync_writes = "default",
    key = "(&'static str, u32)",
    convert = "{ (USER.get(), n) }"
)]
fn plain(n: u32) -> String {
    let user = USER.get();
    drop(USER.set("inner"));
    format!("{n} for {user}, then {}", USER.get())
}

#[test]
fn plain_fns_set_in_a_context_of_their_own() {
    for user in ["alice", "bob", "alice"] {
        USER.sync_scope(user, || {
            assert_eq!(plain(1), format!("1 for {user}, then inner"));
            assert_eq!(USER.get(), user);
        });
    }
}

#[with_context]
#[cached]
async fn shared(n: u32) -> String {
    format!("{n} for {}", USER.get())
}

#[with_context(fresh)]
#[once]
async fn settings() -> &'static str {
    USER.get()
}

/// A cache knows of nothing but its key.
#[tokio::test]
async fn a_key_that_does_not_name_the_user_is_everybodys() {
    let mut texts = [String::new(), String::new()];
    for (text, user) in texts.iter_mut().zip(["alice", "bob"]) {
        *text = USER.scope(user, shared(1)).await;
        assert_eq!(USER.sync_scope(user, settings).await, "nobody");
    }
    assert_eq!(texts, ["1 for alice", "1 for alice"]);
}
