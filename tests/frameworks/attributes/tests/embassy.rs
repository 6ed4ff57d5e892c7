//! `#[embassy_executor::task]`, on the executor for std: a task's context is that of the call that makes its token.

use contextvars::{context_var, with_context};
use embassy_executor::{Executor, Spawner};
use std::sync::Mutex;
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

static SEEN: Mutex<Vec<(u32, &'static str)>> = Mutex::new(Vec::new());

#[with_context]
#[embassy_executor::task(pool_size = 2)]
async fn above(n: u32) {
    sees(n).await;
}

#[embassy_executor::task(pool_size = 2)]
#[with_context]
async fn below(n: u32) {
    sees(n).await;
}

#[embassy_executor::task]
#[with_context(USER = user)]
async fn bound(n: u32, user: &'static str) {
    sees(n).await;
}

#[embassy_executor::task]
async fn bare(n: u32) {
    assert!(USER.try_set("leak").is_err());
    sees(n).await;
}

async fn sees(n: u32) {
    for _ in 0..3 {
        yield_now().await;
    }
    SEEN.lock().unwrap().push((n, USER.get()));
}

#[test]
fn tasks_keep_the_context_of_their_call() {
    let start = |spawner: Spawner| {
        for (n, user) in [(10, "alice"), (20, "bob")] {
            USER.sync_scope(user, || {
                spawner.spawn(above(n).unwrap());
                spawner.spawn(below(n + 1).unwrap());
            });
        }
        spawner.spawn(bound(30, "carol").unwrap());
        USER.sync_scope("alice", || spawner.spawn(bare(40).unwrap()));
    };
    let executor = Box::leak(Box::new(Executor::new()));
    executor.run_until(start, || SEEN.lock().unwrap().len() == 6);
    let mut seen = SEEN.lock().unwrap().clone();
    seen.sort_unstable();
    assert_eq!(
        seen,
        [
            (10, "alice"),
            (11, "alice"),
            (20, "bob"),
            (21, "bob"),
            (30, "carol"),
            (40, "nobody")
        ]
    );
}
