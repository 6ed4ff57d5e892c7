//! Threads of a pool: when a job is done they keep nothing of it, though they live on.

use std::sync::mpsc;
use std::thread;

use contextvars::{Context, bind, bind_fn};
use futures::executor::block_on;

use super::{OTHER, VALUE, Watched};
use crate::common::{panic_of, poll_once, quiet_expected_panics};

type Job = Box<dyn FnOnce() + Send>;

/// What a job may do with the value that it is given.
fn jobs(value: &Watched) -> Vec<Job> {
    let bound = |f: fn()| {
        let context = Context::new().with(&VALUE, value.value());
        Box::new(context.clone().run(|| bind(f))) as Job
    };
    let (moved, polled, pending) = (value.value(), value.value(), value.value());
    vec![
        bound(|| assert!(VALUE.is_set())),
        bound(|| drop(OTHER.set(1))),
        bound(|| VALUE.with(|value| assert!(value.is_some()))),
        bound(|| drop(VALUE.set(VALUE.get().expect("bound")).guard())),
        bound(|| drop(VALUE.sync_scope(VALUE.get().expect("bound"), Context::current))),
        bound(|| drop(panic_of(|| VALUE.with(|_| panic!("expected"))))),
        bound(|| bind_fn(|| drop(VALUE.get()))()),
        Box::new(move || VALUE.sync_scope(moved, || drop(Context::current()))),
        Box::new(move || block_on(VALUE.scope(polled, async { drop(VALUE.get()) }))),
        Box::new(move || {
            let mut future = Box::pin(VALUE.scope(pending, std::future::pending::<()>()));
            assert!(poll_once(future.as_mut()).is_pending());
        }),
    ]
}

/// R12, Case 251
#[test]
fn keep_nothing_of_their_jobs() {
    quiet_expected_panics();
    let (queue, jobs_to_do) = mpsc::channel::<Job>();
    let (done, finished) = mpsc::channel();
    let worker = thread::spawn(move || {
        for job in jobs_to_do {
            job();
            done.send(Context::current().len()).expect("the test waits");
        }
    });
    for number in 0..jobs(&Watched::new(0)).len() {
        let value = Watched::new(1);
        queue.send(jobs(&value).swap_remove(number)).expect("the worker lives");
        assert_eq!(finished.recv(), Ok(0));
        assert!(!value.alive(), "job {number}");
    }
    drop(queue);
    worker.join().expect("no panic");
}

/// R12, Case 251
#[tokio::test]
async fn of_tokio_keep_nothing_of_their_blocking_jobs() {
    quiet_expected_panics();
    for number in 0..jobs(&Watched::new(0)).len() {
        let value = Watched::new(1);
        let task = tokio::task::spawn_blocking(jobs(&value).swap_remove(number));
        while !task.is_finished() {
            tokio::task::yield_now().await;
        }
        assert!(!value.alive(), "job {number}");
        task.await.expect("no panic");
    }
}

/// R12, Case 251
#[test]
fn of_rayon_keep_nothing_of_their_jobs() {
    quiet_expected_panics();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    for number in 0..jobs(&Watched::new(0)).len() {
        let value = Watched::new(1);
        let job = jobs(&value).swap_remove(number);
        pool.install(job);
        assert!(!value.alive(), "job {number}");
        assert_eq!(pool.install(|| Context::current().len()), 0);
    }
}
