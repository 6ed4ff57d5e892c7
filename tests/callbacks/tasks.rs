//! `Drop` of a task's values, wherever the executor does it.

use std::future::pending;
use std::panic;
use std::sync::mpsc;

use contextvars::{bind, with_context};
use tokio::task::{JoinError, JoinHandle};

use crate::probe::{In, Probe, armed};
use crate::{Callback, Caller, TASKS, VALUE, check};

fn dying(callback: Callback) -> Probe {
    armed(In::Drop, callback)
}

#[with_context]
async fn handler(probe: Probe) {
    drop(VALUE.set(probe));
    tokio::task::yield_now().await;
}

/// The executor has caught the panic: it goes on here.
fn join(task: JoinHandle<()>) {
    TASKS.block_on(task).unwrap_or_else(goes_on);
}

fn goes_on(error: JoinError) {
    if let Ok(payload) = error.try_into_panic() {
        panic::resume_unwind(payload);
    }
}

/// R8, Cases 286, 287
#[test]
fn ends_of_tasks() {
    const CALLERS: &[Caller] = &[
        Caller::here("the end of a task", "old", |callback| {
            join(TASKS.spawn(handler(dying(callback))));
        })
        .outside(),
        Caller::here("the end of a task in a scope", "old", |callback| {
            join(TASKS.spawn(VALUE.scope(dying(callback), tokio::task::yield_now())));
        })
        .outside(),
        Caller::here("the end of an aborted task", "old", |callback| {
            let (started, has_started) = mpsc::channel();
            let task = TASKS.spawn(VALUE.scope(dying(callback), async move {
                started.send(()).expect("the test waits");
                pending::<()>().await;
            }));
            has_started.recv().expect("it starts");
            task.abort();
            join(task);
        })
        .outside(),
        Caller::here("the end of a panicked task", "old", |callback| {
            let task = TASKS.spawn(VALUE.scope(dying(callback), async { panic!("expected") }));
            TASKS.block_on(task).expect_err("it panics");
        })
        .outside()
        .unwinding(),
        Caller::here("the end of a blocking task", "old", |callback| {
            let bound = VALUE.sync_scope(dying(callback), || bind(|| ()));
            join(TASKS.spawn_blocking(bound));
        })
        .outside(),
    ];
    check(CALLERS);
}
