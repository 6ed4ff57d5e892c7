//! Beside attributes that copy what is on a method, or move a body to a thread: in place, the context is where it belongs.

use contextvars::{context_var, with_context};
use contextvars_ui_attributes::{declared, driven, threaded};

#[context_var]
static USER: &'static str = "nobody";

struct Service;

// Of the trait that is made nothing is used but that it compiles.
#[with_context(in_place)]
#[declared]
#[allow(async_fn_in_trait, dead_code)]
impl Service {
    async fn user(&self) -> &'static str {
        let before = USER.get();
        drop(USER.set("inner"));
        std::future::ready(()).await;
        assert_eq!(USER.get(), "inner");
        before
    }

    #[with_context(USER = user)]
    async fn bound(&self, user: &'static str) -> &'static str {
        USER.get()
    }

    #[with_context(USER = "plain")]
    fn plain(&self) -> &'static str {
        USER.get()
    }

    #[with_context(skip)]
    async fn skipped(&self) {
        drop(USER.set("skipped"));
    }
}

#[with_context(in_place, USER = "bound")]
#[threaded]
fn first() {
    assert_eq!(USER.get(), "bound");
}

#[with_context(in_place)]
async fn captures_when_polled() -> &'static str {
    USER.get()
}

/// What drives a test: an executor with a task of somebody else.
fn run_test<F: Future<Output = ()>>(test: impl FnOnce() -> F) {
    let mut executor = futures::executor::LocalPool::new();
    let stranger = async { assert!(USER.get() == "nobody" && USER.try_set("stranger").is_err()) };
    let spawner = executor.spawner();
    futures::task::LocalSpawnExt::spawn_local(&spawner, stranger).unwrap();
    executor.run_until(test());
    executor.run();
}

// Ours is expanded last: the context goes on the nested function, and not around what drives it.
#[driven]
#[with_context]
async fn a_driven_test() {
    assert_eq!(USER.get(), "nobody");
    drop(USER.set("inner"));
    std::future::ready(()).await;
    assert_eq!(USER.get(), "inner");
}

fn main() {
    a_driven_test();
    first();
    futures::executor::block_on(USER.scope("alice", async {
        assert_eq!(Service.user().await, "alice");
        assert_eq!(Service.bound("bob").await, "bob");
        assert_eq!(Service.plain(), "plain");
        assert_eq!(USER.get(), "alice");
        Service.skipped().await;
        assert_eq!(USER.get(), "skipped");
    }));
    let future = USER.sync_scope("at the call", captures_when_polled);
    assert_eq!(
        USER.sync_scope("at the first poll", || futures::executor::block_on(future)),
        "at the first poll"
    );
}
