//! `bind!`: closures and `async` blocks in any function, annotated or not.

use crate::{USER, run};
use contextvars::{bind, with_context};
use std::thread;
use tokio::task::yield_now;

async fn user() -> &'static str {
    yield_now().await;
    USER.get()
}

/// A function that nobody has annotated, in alice's request.
fn as_alice<R>(f: impl FnOnce() -> R) -> R {
    USER.sync_scope("alice", f)
}

#[test]
fn an_async_block_is_spawned_with_its_context() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let name = String::from("name");
    let (moved, borrowed) = as_alice(|| {
        let moved = bind!(async move { (name, user().await) });
        let length = 4;
        (moved, run(bind!(async { (&length, user().await) })).1)
    });
    assert_eq!(
        runtime.block_on(async { tokio::spawn(moved).await.expect("no panic") }),
        ("name".to_owned(), "alice")
    );
    assert_eq!(borrowed, "alice");
}

#[test]
fn a_closure_is_called_on_another_thread() {
    let bound = as_alice(|| bind!(|| USER.get()));
    assert_eq!(thread::spawn(bound).join().expect("no panic"), "alice");
}

#[test]
fn any_number_of_arguments() {
    as_alice(|| {
        assert_eq!(bind!(|| USER.get())(), "alice");
        assert_eq!(bind!(|a: u8| (a, USER.get()))(1), (1, "alice"));
        assert_eq!(
            bind!(|a: u8, (b, _): (u8, u8), &c: &u8| (a, b, c, USER.get()))(1, (2, 0), &3),
            (1, 2, 3, "alice")
        );
        let mut text = String::new();
        bind!(|text: &mut String| text.push_str(USER.get()))(&mut text);
        assert_eq!(text, "alice");
    });
}

/// Its captures stay what they are: what is borrowed is borrowed.
#[test]
fn a_closure_changes_what_it_has_borrowed() {
    let mut sum = 0;
    let mut users = Vec::new();
    {
        let mut add = as_alice(|| {
            bind!(|n| {
                sum += n;
                users.push(USER.get());
            })
        });
        add(1);
        add(2);
    }
    assert_eq!((sum, users), (3, vec!["alice", "alice"]));
}

#[test]
fn a_closure_gives_away_what_it_has_captured() {
    let text = String::from("text");
    let once = as_alice(|| bind!(|| text));
    assert_eq!(once(), "text");
    let text = String::from("text");
    let many = as_alice(|| bind!(move || text.len()));
    assert_eq!((many(), many()), (4, 4));
}

/// Case 283
#[test]
fn each_call_starts_from_the_snapshot() {
    let call = as_alice(|| {
        bind!(|user| {
            let before = USER.get();
            drop(USER.set(user));
            (before, USER.get())
        })
    });
    assert_eq!((call("bob"), call("carol")), (("alice", "bob"), ("alice", "carol")));
}

#[test]
fn async_closures_of_each_kind() {
    let prefix = String::from("user ");
    let (moved, borrowed) = as_alice(|| {
        let moved = bind!(async move |n: u8| (n, user().await));
        (moved, bind!(async |n: u8| format!("{prefix}{n} {}", user().await)))
    });
    assert_eq!(run(moved(1)), (1, "alice"));
    assert_eq!(run(borrowed(2)), "user 2 alice");
    assert_eq!(prefix, "user ");
}

/// The types of arguments come from where the closure is passed to, if it moves its captures.
#[test]
fn arguments_without_a_type() {
    fn each<R>(call: impl Fn(String) -> R) -> R {
        call("text".to_owned())
    }

    as_alice(|| {
        assert_eq!(each(bind!(move |text| text.len())), 4);
        assert_eq!(
            run(each(bind!(|mut text| async move {
                text.push_str(user().await);
                text
            }))),
            "textalice"
        );
        assert_eq!(run(each(bind!(move |text| async { text }))), "text");
    });
}

/// Inside an annotated function, inside another macro call, and inside each other.
#[test]
fn in_functions_and_macros_of_every_kind() {
    #[with_context(USER = "bob")]
    async fn annotated() -> (&'static str, &'static str) {
        let bound = bind!(|| USER.get());
        drop(USER.set("carol"));
        let task = vec![bind!(async { user().await })].pop().expect("one");
        drop(USER.set("dave"));
        (bound(), task.await)
    }

    assert_eq!(run(annotated()), ("bob", "carol"));
    let nested = as_alice(|| bind!(|| bind!(|| USER.get())));
    assert_eq!(USER.sync_scope("bob", nested)(), "alice");
}

/// A bound block is a capture: a scope that is written around it applies, as to an annotated call.
#[test]
fn a_scope_around_a_block_applies() {
    as_alice(|| assert_eq!(run(USER.scope("bob", bind!(async { user().await }))), "bob"));
}

/// The name is the function's too.
#[test]
fn one_use_brings_function_and_macro() {
    let (once, many) = as_alice(|| (bind(|| USER.get()), bind!(|| USER.get())));
    assert_eq!((once(), many()), ("alice", "alice"));
}
