//! The ends that a thread can come to.

use std::cell::RefCell;
use std::thread;

use contextvars::Context;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use tokio::runtime::{Builder, Runtime};

use super::touch;
use crate::common::child::in_a_child;
use crate::common::{Log, quiet_expected_panics};

thread_local! {
    static AT_END: RefCell<AtEnd> = const { RefCell::new(AtEnd(Vec::new())) };
}

struct AtEnd(Vec<Box<dyn FnOnce()>>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        for last_words in self.0.drain(..) {
            last_words();
        }
    }
}

/// Calls `last_words` in the destructor of a thread-local of this thread.
pub(super) fn at_the_end(last_words: impl FnOnce() + 'static) {
    AT_END.with_borrow_mut(|at_end| at_end.0.push(Box::new(last_words)));
}

type Scenario = Box<dyn FnOnce() + Send>;

/// Runs the scenario on a thread, and waits for that thread's end.
type End = fn(Scenario);

const ENDS: [End; 7] = [
    |scenario| {
        join(move || {
            at_the_end(|| {}); // The test's thread-local is the first, and the crate's are later.
            touch();
            scenario();
        });
    },
    |scenario| {
        join(move || {
            touch(); // The other way round.
            scenario();
        });
    },
    // The thread ends by a panic inside its contexts.
    |scenario| {
        let thread = thread::spawn(|| {
            scenario();
            Context::new().run(|| Context::current().run(|| panic!("expected")));
        });
        thread.join().expect_err("it panics");
    },
    |scenario| {
        let runtime = one_worker();
        let task = runtime.spawn(async { scenario() });
        runtime.block_on(task).expect("no panic");
    },
    |scenario| {
        let runtime = one_worker();
        let task = runtime.spawn_blocking(scenario);
        runtime.block_on(task).expect("no panic");
    },
    |scenario| {
        join(|| {
            let executor = smol::Executor::new();
            smol::block_on(executor.run(executor.spawn(async { scenario() })));
        });
    },
    |scenario| {
        join(|| {
            let mut pool = LocalPool::new();
            let task = async { scenario() };
            pool.spawner().spawn_local(task).expect("the pool lives");
            pool.run();
        });
    },
];

fn join(f: impl FnOnce() + Send + 'static) {
    thread::spawn(f).join().expect("no panic");
}

pub(super) fn one_worker() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .expect("a runtime")
}

/// Runs `scenario` in a child, to each end that a thread can come to, where it says what is `expected`.
#[track_caller]
pub(super) fn to_the_end_of_a_thread(test: &str, expected: &str, scenario: fn(Log<String>)) {
    let said = in_a_child(&format!("r10_thread_teardown_is_calm::{test}"), || {
        quiet_expected_panics();
        let said = ENDS.map(|end| {
            let log = Log::new();
            let to_the_log = log.clone();
            end(Box::new(move || scenario(to_the_log)));
            log.take().join(" ")
        });
        said.join("; ")
    });
    if let Some(said) = said {
        assert_eq!(said.split("; ").collect::<Vec<_>>(), [expected; ENDS.len()]);
    }
}
