//! `#[trait_variant::make]`: methods of the variant's implementations are annotated one by one, or as a block.

use contextvars::{ContextExt, context_var, with_context};
use std::sync::Arc;
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

#[trait_variant::make(Greet: Send)]
trait LocalGreet {
    async fn greet(&self, greeting: &str) -> String;
    fn later(&self, n: u32) -> impl Future<Output = (u32, &'static str)>;
}

struct Methods;

impl Greet for Methods {
    #[with_context]
    async fn greet(&self, greeting: &str) -> String {
        yield_now().await;
        format!("{greeting}, {}", USER.get())
    }

    #[with_context]
    fn later(&self, n: u32) -> impl Future<Output = (u32, &'static str)> {
        async move {
            yield_now().await;
            (n, USER.get())
        }
    }
}

struct Block;

#[with_context]
impl Greet for Block {
    async fn greet(&self, greeting: &str) -> String {
        drop(USER.set(USER.get()));
        yield_now().await;
        format!("{greeting}, {}", USER.get())
    }

    fn later(&self, n: u32) -> impl Future<Output = (u32, &'static str)> {
        async move {
            yield_now().await;
            (n, USER.get())
        }
    }
}

async fn through_the_variant<G: Greet + Sync + 'static>(greet: G) {
    let greet = Arc::new(greet);
    let tasks = ["alice", "bob"].map(|user| {
        let greet = greet.clone();
        let task = USER.sync_scope(user, move || tokio::spawn(with(greet)));
        (user, task)
    });
    for (user, task) in tasks {
        assert_eq!(task.await.unwrap(), (format!("hello, {user}"), (1, user)));
    }
}

#[with_context]
async fn with<G: Greet + Sync>(greet: Arc<G>) -> (String, (u32, &'static str)) {
    let (hello, later) = (greet.greet("hello"), greet.later(1));
    drop(USER.set("set after the calls"));
    (hello.await, later.await)
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_capture_at_the_call() {
    through_the_variant(Methods).await;
    through_the_variant(Block).await;
}

/// What the crate writes for the trait without `Send` is a plain `async fn` around the annotated one.
#[tokio::test]
async fn the_other_trait_calls_at_the_first_poll() {
    let (hello, in_context) = USER.sync_scope("alice", || {
        let call = || LocalGreet::greet(&Methods, "hello");
        (call(), call().in_current_context())
    });
    assert_eq!(
        USER.sync_scope("alice", || LocalGreet::later(&Methods, 1)).await,
        (1, "alice")
    );
    assert_eq!(hello.await, "hello, nobody");
    assert_eq!(in_context.await, "hello, alice");
}
