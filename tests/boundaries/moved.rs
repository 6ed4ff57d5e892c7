//! A future that goes from one task to another in mid-flight.

use std::pin::Pin;

use contextvars::{ContextExt, context_var, with_context};
use futures::FutureExt;
use tokio::sync::oneshot;

use crate::USER;

#[context_var(local)]
static TRANSACTION: u32 = 0;

type Seen = (&'static str, u32);
type Job = Pin<Box<dyn Future<Output = [Seen; 2]> + Send>>;

fn seen() -> Seen {
    (USER.get(), TRANSACTION.get())
}

async fn plain(signal: oneshot::Receiver<()>) -> [Seen; 2] {
    let before = seen();
    signal.await.expect("a signal");
    [before, seen()]
}

#[with_context]
async fn annotated(signal: oneshot::Receiver<()>) -> [Seen; 2] {
    plain(signal).await
}

/// Begun by a request that gives up on it, finished by a task.
async fn begun_here_and_finished_there(start: fn(oneshot::Receiver<()>) -> Job) -> [Seen; 2] {
    let request = async {
        let (go_on, signal) = oneshot::channel();
        let mut job = start(signal);
        assert!(job.as_mut().now_or_never().is_none(), "in time is what it is not");
        let job = tokio::spawn(job);
        go_on.send(()).expect("it waits");
        job.await.expect("no panic")
    };
    USER.scope("alice", TRANSACTION.scope(7, request)).await
}

/// Case P12
#[tokio::test]
async fn a_plain_future_that_moves_loses_its_context() {
    let seen = begun_here_and_finished_there(|signal| plain(signal).boxed()).await;
    assert_eq!(seen, [("alice", 7), ("nobody", 0)]);
}

/// Case P12: what to write. Variables that are local stay, too, since they are inherited once, at the first poll.
#[tokio::test]
async fn a_future_with_a_context_keeps_it_where_it_moves() {
    let keeping: [fn(oneshot::Receiver<()>) -> Job; 2] = [
        |signal| annotated(signal).boxed(),
        |signal| plain(signal).in_current_context().boxed(),
    ];
    for start in keeping {
        assert_eq!(begun_here_and_finished_there(start).await, [("alice", 7); 2]);
    }
}
