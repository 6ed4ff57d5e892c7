//! Callbacks that a library calls later, on a task of its own: a queue's handler, an actor's.

use std::pin::Pin;
use std::sync::Arc;

use contextvars::{ContextExt, bind, bind_fn, with_context};
use tokio::task::yield_now;

use crate::USER;

type Handler = Arc<dyn Fn(u32) -> Pin<Box<dyn Future<Output = Seen> + Send>> + Send + Sync>;
type Seen = (u32, &'static str);

/// A queue that calls its handler for each job, on a task for each.
struct Queue(Handler);

impl Queue {
    fn new<F, Fut>(handler: F) -> Self
    where
        F: Fn(u32) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Seen> + Send + 'static,
    {
        Self(Arc::new(move |job| Box::pin(handler(job))))
    }

    async fn run(self) -> Seen {
        let Self(handler) = self;
        tokio::spawn(async move { handler(7).await }).await.expect("no panic")
    }
}

async fn plain(job: u32) -> Seen {
    yield_now().await;
    (job, USER.get())
}

#[with_context]
async fn annotated(job: u32) -> Seen {
    plain(job).await
}

async fn as_alice(queue: impl FnOnce() -> Queue) -> &'static str {
    let queue = USER.sync_scope("alice", queue);
    let (job, user) = queue.run().await;
    assert_eq!(job, 7);
    user
}

/// Case P4: an annotated fn captures where it is called, not where it is handed over.
#[tokio::test]
async fn a_function_that_is_handed_over_by_name_captures_where_it_is_called() {
    assert_eq!(as_alice(|| Queue::new(plain)).await, "nobody");
    assert_eq!(as_alice(|| Queue::new(annotated)).await, "nobody");
    let called_inside = Queue::new(annotated);
    let user = USER.scope("worker", async move { (called_inside.0)(7).await });
    assert_eq!(user.await, (7, "worker"));
}

/// Case P4: the lines to write.
#[tokio::test]
async fn a_bound_callback_has_the_context_in_which_it_was_written() {
    assert_eq!(as_alice(|| Queue::new(bind!(|job| plain(job)))).await, "alice");
    assert_eq!(as_alice(|| Queue::new(bind!(|job| annotated(job)))).await, "alice");
    assert_eq!(
        as_alice(|| Queue::new(bind!(move |job| async move { plain(job).await }))).await,
        "alice"
    );
}

/// Case P4: a bound closure *value* covers the call, and what captures in it, but no future that it returns.
#[tokio::test]
async fn the_fns_cover_the_call_alone() {
    let future = USER.sync_scope("alice", || bind(|| plain(7)))();
    assert_eq!(future.await, (7, "nobody"));
    let future = USER.sync_scope("alice", || bind_fn(|| annotated(7)))();
    assert_eq!(future.await, (7, "alice"));
    let future = USER.sync_scope("alice", || bind_fn(|| plain(7).in_current_context()))();
    assert_eq!(future.await, (7, "alice"));
}
