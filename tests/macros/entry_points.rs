//! Beside attributes that start an executor, the context goes on the future that it drives, whatever the order.

use crate::USER;
use contextvars::{Context, with_context};

/// Whether the executor's own tasks are left alone: a raw task has no context to write to.
async fn raw_task_has_no_context() -> bool {
    tokio::spawn(async { USER.try_set("leak").is_err() }).await.unwrap()
}

#[with_context]
#[tokio::test]
async fn above_tokio_test() {
    drop(USER.set("inner"));
    assert!(raw_task_has_no_context().await);
    assert_eq!(USER.get(), "inner");
}

#[tokio::test]
#[with_context]
async fn below_tokio_test() {
    drop(USER.set("inner"));
    assert!(raw_task_has_no_context().await);
    assert_eq!(USER.get(), "inner");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[with_context(USER = "bound")]
async fn with_options() -> Result<(), std::num::ParseIntError> {
    assert!(raw_task_has_no_context().await);
    assert_eq!(USER.get(), "bound");
    let _: u8 = "1".parse()?;
    Ok(())
}

#[with_context(USER = "bound")]
#[async_std::test]
async fn above_async_std_test() {
    assert_eq!(USER.get(), "bound");
}

#[async_std::test]
#[with_context(USER = "bound")]
async fn below_async_std_test() {
    assert_eq!(USER.get(), "bound");
}

mod tokio_main {
    use super::{USER, raw_task_has_no_context, with_context};

    #[with_context]
    #[tokio::main(flavor = "current_thread")]
    pub(super) async fn above() -> bool {
        drop(USER.set("inner"));
        raw_task_has_no_context().await && USER.get() == "inner"
    }

    #[tokio::main]
    #[with_context]
    pub(super) async fn below() -> bool {
        drop(USER.set("inner"));
        raw_task_has_no_context().await && USER.get() == "inner"
    }

    #[tokio::main(flavor = "current_thread")]
    #[with_context(USER = name)]
    pub(super) async fn arguments(name: &'static str, text: String) -> (String, &'static str) {
        std::future::ready(()).await;
        (text, USER.get())
    }
}

mod async_std_main {
    pub(super) mod above {
        use super::super::{USER, with_context};

        #[with_context(USER = "bound")]
        #[async_std::main]
        pub(crate) async fn main() {
            assert_eq!(USER.get(), "bound");
        }
    }

    pub(super) mod below {
        use super::super::{USER, with_context};

        #[async_std::main]
        #[with_context(USER = "bound")]
        pub(crate) async fn main() {
            assert_eq!(USER.get(), "bound");
        }
    }
}

#[test]
fn main_functions() {
    assert!(tokio_main::above());
    assert!(tokio_main::below());
    assert_eq!(
        tokio_main::arguments("alice", "four".to_owned()),
        ("four".to_owned(), "alice")
    );
    async_std_main::above::main();
    async_std_main::below::main();
}

#[with_context]
fn drives_by_hand() -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let own = runtime.block_on(async {
        drop(USER.set("inner"));
        raw_task_has_no_context().await
    });
    let annotated = runtime.block_on(
        #[with_context(USER = "bound")]
        async {
            assert_eq!(USER.get(), "bound");
            raw_task_has_no_context().await
        },
    );
    own && annotated
}

#[test]
fn an_executor_driven_by_hand() {
    assert!(drives_by_hand());
    assert!(Context::current().is_empty());
}

#[with_context]
async fn spawned_user() -> &'static str {
    USER.get()
}

#[with_context]
#[tokio::test(flavor = "multi_thread")]
async fn above_a_test_that_drives_another_executor() {
    drop(USER.set("inner"));
    tokio::task::block_in_place(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let user = runtime.block_on(runtime.spawn(spawned_user())).unwrap();
        assert_eq!(user, "inner");
    });
}

#[tokio::test(flavor = "multi_thread")]
#[with_context]
async fn below_a_test_that_drives_another_executor() {
    drop(USER.set("inner"));
    tokio::task::block_in_place(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let user = runtime.block_on(runtime.spawn(spawned_user())).unwrap();
        assert_eq!(user, "inner");
    });
}

macro_rules! annotated_test {
    ($name:ident, $body:block) => {
        #[tokio::test]
        #[with_context]
        async fn $name() $body
    };
}

annotated_test!(from_macro_rules, {
    drop(USER.set("inner"));
    assert!(raw_task_has_no_context().await);
});
