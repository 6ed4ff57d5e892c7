//! Tasks: their values die with them, not with their join handles.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::future::pending;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::{OTHER, VALUE, Watched};
use crate::common::quiet_expected_panics;

/// What becomes of a task.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Finishes,
    Panics,
    IsAborted,
}

/// Says that it has started, and when it is told meets its fate.
async fn meets(fate: Fate, signals: Signals) {
    signals.started.send(()).expect("the test waits");
    signals.go.notified().await;
    match fate {
        Fate::Finishes => {}
        Fate::Panics => panic!("expected"),
        Fate::IsAborted => pending().await,
    }
}

#[derive(Clone)]
struct Signals {
    started: mpsc::Sender<()>,
    go: Arc<Notify>,
}

#[with_context]
async fn holder(value: Arc<u32>, fate: Fate, signals: Signals) {
    VALUE.set(value);
    meets(fate, signals).await;
}

/// Every way in which a task holds a value.
fn tasks(value: &Watched, fate: Fate, signals: &Signals) -> Vec<Pin<Box<dyn Future<Output = ()> + Send>>> {
    let meets = || meets(fate, signals.clone());
    let holder = || holder(value.value(), fate, signals.clone());
    vec![
        Box::pin(holder()),
        Box::pin(VALUE.scope(value.value(), meets())),
        Box::pin(VALUE.scope(value.value(), holder())),
        Box::pin(meets().in_context(Context::new().with(&VALUE, value.value()))),
    ]
}

/// Lets the tasks run, be it on this thread or on others, until it is so.
fn run_until(runtime: &Runtime, is_so: impl Fn() -> bool) {
    while !is_so() {
        runtime.block_on(tokio::task::yield_now());
        thread::yield_now();
    }
}

/// Waits for the end of the task, and leaves its join handle unread.
fn ended(runtime: &Runtime, task: &JoinHandle<()>) {
    run_until(runtime, || task.is_finished());
}

/// R12, Cases 251, T32
#[test]
fn free_their_values_before_anybody_joins() {
    quiet_expected_panics();
    let mut multi_thread = Builder::new_multi_thread();
    let runtimes = [
        Builder::new_current_thread().build(),
        multi_thread.worker_threads(2).build(),
    ];
    for runtime in runtimes.map(|runtime| runtime.expect("a runtime")) {
        for fate in [Fate::Finishes, Fate::Panics, Fate::IsAborted] {
            for way in 0..4 {
                let value = Watched::new(1);
                let (started, has_started) = mpsc::channel();
                let go = Arc::new(Notify::new());
                let signals = Signals { started, go };
                let task = runtime.spawn(tasks(&value, fate, &signals).swap_remove(way));
                run_until(&runtime, || has_started.try_recv().is_ok());
                assert!(value.alive());
                match fate {
                    Fate::IsAborted => task.abort(),
                    _ => signals.go.notify_one(),
                }
                ended(&runtime, &task);
                assert!(!value.alive(), "{fate:?}, way {way}");
                let joined = runtime.block_on(task);
                assert_eq!(joined.is_ok(), fate == Fate::Finishes);
            }
        }
    }
}

/// R12: a task aborted before its first poll, and one whose runtime is shut down.
#[test]
fn free_their_values_though_they_never_run() {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let value = Watched::new(1);
    let aborted = runtime.spawn(VALUE.scope(value.value(), pending::<()>()));
    aborted.abort();
    ended(&runtime, &aborted);
    assert!(!value.alive());
    let left = runtime.spawn(VALUE.scope(value.value(), pending::<()>()));
    assert!(value.alive());
    drop(runtime);
    assert!(!value.alive());
    drop((aborted, left));
}

static LIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// Counts how many of its kind live at once.
struct Counted;

impl Counted {
    fn new() -> Self {
        MOST.fetch_max(LIVE.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

#[context_var]
static COUNTED: Counted;

/// R12, Case 289
#[tokio::test]
async fn a_hundred_thousand_generations_hold_one_value_each() {
    const GENERATIONS: usize = 100_000;
    type Done = Arc<Mutex<Option<tokio::sync::oneshot::Sender<usize>>>>;

    #[with_context]
    fn generation(number: usize, done: Done) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            COUNTED.set(Counted::new());
            OTHER.set(OTHER.get() + 1);
            if number < GENERATIONS {
                tokio::spawn(generation(number + 1, done));
            } else {
                let done = done.lock().expect("no panic").take().expect("once");
                done.send(OTHER.get() as usize).expect("the test waits");
            }
        })
    }

    let (done, last) = tokio::sync::oneshot::channel();
    tokio::spawn(generation(1, Arc::new(Mutex::new(Some(done)))));
    assert_eq!(last.await.expect("the last generation"), GENERATIONS);
    let most = MOST.load(Ordering::Relaxed);
    assert!(most <= 3, "{most} values lived at once");
    tokio::task::yield_now().await;
    assert_eq!(LIVE.load(Ordering::Relaxed), 0);
}
