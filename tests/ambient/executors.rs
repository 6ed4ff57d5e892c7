//! Tasks that are aborted, lose a race or go down with their run-time see what they carry in their destructors.

use std::future;
use std::time::Duration;

use contextvars::{ContextExt, with_context};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::common::{Log, OnDrop};
use crate::tag::{Here, NAME, here, tag, tagged};

type Seen = Log<Here>;

fn say(seen: &Seen) -> OnDrop<impl FnMut() + Send + use<>> {
    let seen = seen.clone();
    OnDrop(move || seen.push(here()))
}

#[with_context]
async fn task(seen: Seen) {
    NAME.set("task");
    let _last = say(&seen);
    seen.push(here());
    future::pending::<()>().await;
}

const TASK: Here = (Some("captured"), "task");

#[with_context]
async fn read() -> Option<&'static str> {
    let before = tag();
    tokio::task::yield_now().await;
    assert_eq!(tag(), before);
    before
}

/// R13
#[test]
fn a_spawned_task_carries() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a run-time");
    let tasks: Vec<_> = tagged("captured", || {
        (0..100)
            .map(|_| (runtime.spawn(read()), runtime.spawn(async { tag() })))
            .collect()
    });
    runtime.block_on(async {
        for (annotated, raw) in tasks {
            assert_eq!(annotated.await.expect("no panic"), Some("captured"));
            assert_eq!(raw.await.expect("no panic"), None);
        }
        let blocking = tagged("captured", || contextvars::bind(tag));
        assert_eq!(
            tokio::task::spawn_blocking(blocking).await.expect("no panic"),
            Some("captured")
        );
        assert_eq!(tokio::task::spawn_blocking(tag).await.expect("no panic"), None);
    });
}

/// R7, R13
#[test]
fn an_aborted_task() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a run-time");
    let seen = Log::new();
    let aborted = tagged("captured", || runtime.spawn(task(seen.clone())));
    runtime.block_on(async {
        while seen.len() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        aborted.abort();
        assert!(aborted.await.expect_err("aborted").is_cancelled());
    });
    assert_eq!(seen.take(), [TASK, TASK]);
}

/// R7, R13
#[test]
fn the_loser_of_a_race() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a run-time");
    let seen = Log::new();
    let loser = tagged("captured", || task(seen.clone()));
    runtime.block_on(async {
        tokio::select! {
            biased;
            () = loser => unreachable!("it waits"),
            () = tokio::task::yield_now() => {}
        }
    });
    let in_time = tagged("captured", || task(seen.clone()));
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_millis(1), in_time)
            .await
            .expect_err("it waits");
    });
    assert_eq!(seen.take(), [TASK; 4]);
    assert_eq!(tag(), None);
}

/// R7, R13
#[test]
fn the_members_of_a_set_that_is_aborted() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a run-time");
    let seen = Log::new();
    runtime.block_on(async {
        let mut set = JoinSet::new();
        tagged("captured", || {
            for _ in 0..10 {
                set.spawn(task(seen.clone()));
            }
        });
        while seen.len() < 10 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        set.shutdown().await;
    });
    assert_eq!(seen.take(), [TASK; 20]);
}

/// R7, R13
#[test]
fn tasks_that_a_run_time_still_has_when_it_shuts_down() {
    let seen = Log::new();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a run-time");
    tagged("captured", || {
        runtime.spawn(task(seen.clone()));
        let plain = {
            let last = say(&seen);
            async move {
                let _last = last;
                future::pending::<()>().await;
            }
        };
        runtime.spawn(NAME.scope("scoped", plain));
    });
    runtime.block_on(tokio::task::yield_now());
    let never = {
        let last = say(&seen);
        async move { drop(last) }
    };
    tagged("captured", || runtime.spawn(never.in_current_context()));
    assert_eq!(seen.take(), [TASK]);
    drop(runtime);
    let mut dropped = seen.take();
    dropped.sort_unstable();
    assert_eq!(
        dropped,
        [(Some("captured"), "nobody"), (Some("captured"), "scoped"), TASK]
    );
    assert_eq!(here(), (None, "nobody"));
}
