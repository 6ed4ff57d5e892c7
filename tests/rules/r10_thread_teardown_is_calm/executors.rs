//! Executors that are shut down, and a process that does not wait for them.

use std::cell::RefCell;
use std::future::pending;
use std::sync::mpsc;
use std::thread;

use contextvars::{ContextExt, bind, with_context};
use tokio::runtime::{Builder, Runtime};

use super::ends::{at_the_end, one_worker};
use super::{NAME, READS_AT_DEATH, handler, reads_at_death, touch};
use crate::common::Log;
use crate::common::child::in_a_child;

thread_local! {
    static KEPT: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// A task that waits with a value, and with a local that knows its context; both read when they die.
#[with_context]
async fn waits(log: Log<&'static str>, started: mpsc::Sender<()>) {
    let mine = log.clone();
    NAME.set("task".to_owned());
    let _local = reads_at_death(move |name| mine.push(name));
    READS_AT_DEATH.set(reads_at_death(move |name| log.push(name)));
    started.send(()).expect("the test waits");
    pending::<()>().await;
}

/// R10: tasks that wait are dropped by the runtime's shutdown, their locals inside the task's context and its values after.
#[test]
fn a_runtime_is_shut_down_with_tasks_waiting() {
    let test = "r10_thread_teardown_is_calm::executors::a_runtime_is_shut_down_with_tasks_waiting";
    let said = in_a_child(test, || {
        let log = Log::new();
        for runtime in [one_worker(), current_thread()] {
            let (started, has_started) = mpsc::channel();
            for _ in 0..3 {
                runtime.spawn(waits(log.clone(), started.clone()));
            }
            runtime.block_on(async { tokio::task::yield_now().await });
            has_started.iter().take(3).for_each(drop);
            drop(runtime);
        }
        log.take().join(" ")
    });
    if let Some(said) = said {
        assert_eq!(said, ["somebody nobody"; 6].join(" "));
    }
}

/// R10: so also when the runtime itself goes in the destructor of a thread-local.
#[test]
fn a_runtime_is_shut_down_at_the_end_of_a_thread() {
    let test = "r10_thread_teardown_is_calm::executors::a_runtime_is_shut_down_at_the_end_of_a_thread";
    let said = in_a_child(test, || {
        let log = Log::new();
        for make in [one_worker, current_thread] {
            let log = log.clone();
            let thread = thread::spawn(move || {
                KEPT.with_borrow_mut(|kept| {
                    let (started, has_started) = mpsc::channel();
                    let runtime = kept.insert(make());
                    runtime.spawn(waits(log, started));
                    runtime.block_on(async { tokio::task::yield_now().await });
                    has_started.recv().expect("the task starts");
                });
                touch();
            });
            thread.join().expect("no panic");
        }
        log.take().join(" ")
    });
    if let Some(said) = said {
        assert_eq!(said, ["somebody nobody"; 2].join(" "));
    }
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

/// R10: the process exits while threads are inside contexts and tasks wait.
#[test]
fn a_process_that_exits_waits_for_nobody() {
    let test = "r10_thread_teardown_is_calm::executors::a_process_that_exits_waits_for_nobody";
    let said = in_a_child(test, || {
        let log = Log::new();
        let (started, has_started) = mpsc::channel();
        let runtime = one_worker();
        runtime.spawn(waits(log.clone(), started.clone()));
        async_std::task::spawn(waits(log.clone(), started.clone()));
        smol::spawn(waits(log.clone(), started.clone())).detach();
        for spawn in [|f| drop(thread::spawn(f)), |f| smol::unblock(f).detach()] as [fn(Box<dyn FnOnce() + Send>); 2] {
            let started = started.clone();
            let inside = NAME.sync_scope("inside".to_owned(), || {
                bind(move || {
                    at_the_end(|| drop(NAME.get()));
                    NAME.with(|_| {
                        started.send(()).expect("the test waits");
                        thread::park();
                    });
                })
            });
            spawn(Box::new(inside));
        }
        drop(smol::spawn(handler().in_current_context()));
        has_started.iter().take(5).for_each(drop);
        runtime.shutdown_background();
        "calm".to_owned()
    });
    if let Some(said) = said {
        assert_eq!(said, "calm");
    }
}
