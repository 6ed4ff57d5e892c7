//! `#[builder]` of bon on functions: `call()` of an `async fn`'s builder is a plain `async fn` itself.

#![allow(clippy::unused_self, reason = "the method is about nothing but the context")]

use bon::{bon, builder};
use contextvars::{ContextExt, context_var, with_context};
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

#[with_context]
#[builder]
async fn above(n: u32, #[builder(default = USER.get())] user: &'static str) -> (u32, &'static str, &'static str) {
    yield_now().await;
    (n, user, USER.get())
}

#[builder]
#[with_context]
async fn below(n: u32, #[builder(default = USER.get())] user: &'static str) -> (u32, &'static str, &'static str) {
    yield_now().await;
    (n, user, USER.get())
}

#[builder]
#[with_context(USER = user)]
fn bound(user: &'static str) -> &'static str {
    USER.get()
}

struct Service;

#[bon]
impl Service {
    #[builder]
    #[with_context]
    async fn method(&self, n: u32) -> (u32, &'static str) {
        yield_now().await;
        (n, USER.get())
    }
}

/// Returns its future, so that the call of the builder calls it.
#[builder]
#[with_context]
fn captured(n: u32) -> impl Future<Output = (u32, &'static str)> + Send {
    async move {
        yield_now().await;
        (n, USER.get())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn awaited_where_it_is_called() {
    let request = |user| async move {
        assert_eq!(above().n(1).call().await, (1, user, user));
        assert_eq!(below().n(2).call().await, (2, user, user));
        assert_eq!(Service.method().n(3).call().await, (3, user));
        assert_eq!(captured().n(4).call().await, (4, user));
        assert_eq!(bound().user("bound").call(), "bound");
        assert_eq!(USER.get(), user);
    };
    for task in ["alice", "bob"].map(|user| tokio::spawn(USER.scope(user, request(user)))) {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn spawned_it_takes_the_context_along_if_it_is_told_to() {
    USER.scope("alice", async {
        assert_eq!(tokio::spawn(above().n(1).call()).await.unwrap().2, "nobody");
        assert_eq!(
            tokio::spawn(above().n(1).call().in_current_context()).await.unwrap().2,
            "alice"
        );
        assert_eq!(tokio::spawn(captured().n(1).call()).await.unwrap(), (1, "alice"));
    })
    .await;
}
