//! R5: no write without an owner.

use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, context_var, with_context};
use futures::stream::{FuturesUnordered, StreamExt};

use crate::common::{panic_of, ready, yield_now};

#[context_var]
static REQUEST: String = "none".to_owned();
#[context_var]
static USER: u32;

/// R5
#[test]
fn try_set_outside_gives_the_value_back() {
    let refused = REQUEST.try_set("mine".to_owned()).expect_err("no context is entered");
    assert!(
        format!("{refused:?} {refused}").contains("REQUEST"),
        "{refused:?} {refused}"
    );
    assert_eq!(refused.into_value(), "mine");
    USER.try_set(1).expect_err("no context is entered");
    USER.try_unset().expect_err("no context is entered");
    assert_eq!(
        (REQUEST.get(), USER.get(), USER.is_set()),
        ("none".to_owned(), None, false)
    );
}

/// R5: an error is an error like any other, and shows no value.
#[test]
fn the_error_is_an_error_and_keeps_the_value_to_itself() {
    fn text(error: &dyn std::error::Error) -> String {
        format!("{error} {error:?} {error:#?}")
    }

    let refused = REQUEST
        .try_set("hunter2".to_owned())
        .expect_err("no context is entered");
    assert!(!text(&refused).contains("hunter2"), "{}", text(&refused));
}

/// R5
#[test]
fn set_outside_panics_at_the_callers_line_and_says_what_to_write() {
    let line = line!() + 1;
    let panicked = panic_of(|| REQUEST.set("mine".to_owned()));
    assert_eq!((&*panicked.file, panicked.line), (file!(), line), "{panicked:?}");
    for word in [
        "REQUEST",
        "`#[with_context]`",
        "REQUEST.scope",
        "REQUEST.sync_scope",
        "`Context::run`",
        "`bind!(..)`",
        "`ContextLayer`",
        "body",
        "`tower::BodyLayer`",
    ] {
        assert!(panicked.message.contains(word), "{word} in {}", panicked.message);
    }
    let refused = REQUEST.try_set("mine".to_owned()).expect_err("no context is entered");
    assert_eq!(panicked.message, refused.to_string());

    let line = line!() + 1;
    let panicked = panic_of(|| USER.unset());
    assert_eq!((&*panicked.file, panicked.line), (file!(), line), "{panicked:?}");
    assert!(panicked.message.contains("USER"), "{}", panicked.message);
    assert_eq!(REQUEST.get(), "none", "nothing was written");
}

/// R5
#[test]
fn every_entry_is_an_owner() {
    fn write() -> Option<u32> {
        USER.set(1);
        USER.get()
    }

    #[with_context]
    async fn annotated() -> Option<u32> {
        write()
    }

    #[with_context]
    fn annotated_sync() -> Option<u32> {
        write()
    }

    assert_eq!(Context::new().run(write), Some(1));
    assert_eq!(USER.sync_scope(0, write), Some(1));
    assert_eq!(REQUEST.sync_scope("other".to_owned(), write), Some(1));
    assert_eq!(ready(annotated()), Some(1));
    assert_eq!(annotated_sync(), Some(1));
    assert_eq!(ready(USER.scope(0, async { write() })), Some(1));
    assert_eq!(ready(async { write() }.in_context(Context::new())), Some(1));
    assert_eq!(ready(async { write() }.in_current_context()), Some(1));
    assert_eq!(bind(write)(), Some(1));
    assert_eq!(bind_fn(write)(), Some(1));
    USER.try_set(1).expect_err("and after each of them there is none");
}

/// R5: not even after an owner has come and gone on the same thread.
#[test]
fn no_owner_stays_behind() {
    let mut context = Context::new();
    let token = context.run(|| USER.set(1));
    USER.try_set(2).expect_err("no context is entered");
    let token = USER.reset(token).expect_err("no context is entered").into_token();
    drop(token.guard());
    assert_eq!((USER.get(), context.get(&USER)), (None, Some(&1)));
}

/// R5: a default belongs to no request, so its initializer has none to write to.
#[test]
fn a_default_may_not_write() {
    #[context_var]
    static DEFAULT: (bool, bool) = (USER.try_set(1).is_err(), USER.get().is_none());

    Context::new()
        .with(&USER, 7)
        .run(|| assert_eq!(DEFAULT.get(), (true, true)));
}

/// R5, Case T12: what cannot be protected. Plain futures inside one owner share it.
#[test]
fn plain_futures_multiplexed_in_one_owner_write_to_it() {
    async fn handler(user: u32) -> Option<u32> {
        USER.set(user);
        yield_now().await;
        USER.get()
    }

    #[with_context]
    async fn owner() -> Vec<Option<u32>> {
        [1, 2, 3]
            .into_iter()
            .map(handler)
            .collect::<FuturesUnordered<_>>()
            .collect()
            .await
    }

    assert_eq!(crate::common::drive(owner()), [Some(3); 3]);
}

/// What a task sees and may do whose annotation was forgotten.
async fn raw_task_is_refused() -> bool {
    tokio::spawn(async {
        let refused = USER.try_set(13).is_err() && !USER.is_set();
        tokio::task::yield_now().await;
        refused && USER.get().is_none()
    })
    .await
    .expect("no panic")
}

/// R5: the context goes on the future, so the tasks of its runtime are not inside.
#[tokio::test]
#[with_context]
async fn a_raw_task_of_an_annotated_tokio_test_may_not_write() {
    USER.set(1);
    assert!(raw_task_is_refused().await);
    assert_eq!(USER.get(), Some(1));
}

/// R5
#[with_context]
#[tokio::test]
async fn a_raw_task_of_a_tokio_test_annotated_above_may_not_write() {
    USER.set(1);
    assert!(raw_task_is_refused().await);
    assert_eq!(USER.get(), Some(1));
}

/// R5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[with_context]
async fn a_raw_task_of_a_multi_thread_test_may_not_write() {
    USER.set(1);
    for _ in 0..8 {
        assert!(raw_task_is_refused().await);
    }
    assert_eq!(USER.get(), Some(1));
}

#[tokio::main(flavor = "current_thread")]
#[with_context]
async fn main_below() -> bool {
    USER.set(1);
    raw_task_is_refused().await && USER.get() == Some(1)
}

#[with_context]
#[tokio::main(flavor = "current_thread")]
async fn main_above() -> bool {
    USER.set(1);
    raw_task_is_refused().await && USER.get() == Some(1)
}

/// R5
#[test]
fn a_raw_task_of_an_annotated_tokio_main_may_not_write() {
    assert!(main_below());
    assert!(main_above());
}

/// R5
#[async_std::test]
#[with_context]
async fn an_annotated_async_std_test_is_an_owner() {
    USER.set(1);
    let raw = async_std::task::spawn(async { USER.try_set(13).is_err() });
    assert!(raw.await);
    assert_eq!(USER.get(), Some(1));
}

/// R5
#[with_context]
#[async_std::test]
async fn an_async_std_test_annotated_above_is_an_owner() {
    USER.set(1);
    let raw = async_std::task::spawn(async { USER.try_set(13).is_err() });
    assert!(raw.await);
    assert_eq!(USER.get(), Some(1));
}

/// R5: the worker thread that a forgotten annotation ran on is clean for the next request.
#[test]
fn a_forgotten_annotation_leaves_the_thread_clean() {
    thread::spawn(|| {
        let forgotten = panic_of(|| ready(async { REQUEST.set("alice".to_owned()) }));
        assert!(forgotten.message.contains("REQUEST"), "{forgotten:?}");
        assert_eq!(REQUEST.get(), "none");
    })
    .join()
    .expect("no panic");
}
