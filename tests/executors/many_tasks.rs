//! Crowds of tasks keep their values apart.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contextvars::{context_var, with_context};
use futures::channel::{mpsc, oneshot};
use futures::future::{self, AbortHandle, Abortable};
use futures::stream::StreamExt;

use crate::clean::threads_are_clean;
use crate::common::{Log, OnDrop, yield_now};
use crate::executor::{Executor, Task};

#[context_var]
static NUMBER: usize = usize::MAX;

#[with_context]
async fn keeps_its_own(number: usize, rounds: usize) -> bool {
    let mut kept = NUMBER.get() == 7;
    for round in 0..rounds {
        NUMBER.set(number + round);
        yield_now().await;
        kept &= NUMBER.get() == number + round;
    }
    kept
}

async fn all_kept<E: Executor>(tasks: usize, rounds: usize) {
    NUMBER.set(7);
    let tasks: Vec<_> = (0..tasks).map(|i| E::spawn(keeps_its_own(i * 100, rounds))).collect();
    for task in tasks {
        assert!(task.join().await.expect("no panic"));
    }
    assert_eq!(NUMBER.get(), 7);
}

/// R2, Case P15
#[with_context]
pub(crate) async fn ten_thousand_tasks_keep_their_own<E: Executor>() {
    all_kept::<E>(10_000, 1).await;
}

/// R2, Case 97
#[with_context]
pub(crate) async fn a_hundred_tasks_rewrite_ten_times<E: Executor>() {
    all_kept::<E>(100, 10).await;
}

/// R2, R6, Case 248
#[with_context]
pub(crate) async fn tasks_that_bind_yield_and_are_cancelled_stay_apart<E: Executor>() {
    #[with_context]
    async fn endless(number: usize) {
        // Not for ever: an executor may poll a task that wakes itself again and again.
        for _ in 0..10 {
            NUMBER.set(number);
            yield_now().await;
            assert_eq!(NUMBER.get(), number);
        }
        future::pending::<()>().await;
    }

    NUMBER.set(7);
    for round in 0..20 {
        let endless: Vec<_> = (0..20).map(|i| E::spawn(endless(i))).collect();
        let finite: Vec<_> = (0..20).map(|i| E::spawn(keeps_its_own(i * 100, 3))).collect();
        for task in finite {
            assert!(task.join().await.expect("no panic"), "round {round}");
        }
        for task in endless {
            task.cancel().await;
        }
        assert_eq!(NUMBER.get(), 7);
    }
}

/// R6, R7, Case 248: each binds, yields, and cancels itself while it waits for what is cancelled; what it does in the
/// end sees the value around.
#[with_context]
pub(crate) async fn tasks_that_cancel_themselves_end_in_their_own_scopes<E: Executor>() {
    #[with_context(NUMBER = number)]
    async fn cancels_itself(number: usize) -> Vec<usize> {
        let ends = Log::new();
        let (itself, registration) = AbortHandle::new_pair();
        let (in_scope, around) = (ends.clone(), ends.clone());
        let body = async move {
            let _around = OnDrop(move || around.push(NUMBER.get()));
            let scoped = async move {
                let _in_scope = OnDrop(move || in_scope.push(NUMBER.get()));
                yield_now().await;
                let (cancel, cancelled) = oneshot::channel::<()>();
                drop(cancel);
                cancelled.await.expect_err("it is cancelled");
                itself.abort();
                future::pending::<()>().await;
            };
            NUMBER.scope(number + 1, scoped).await;
        };
        Abortable::new(body, registration).await.expect_err("it cancels itself");
        ends.push(NUMBER.get());
        ends.take()
    }

    NUMBER.set(7);
    for _ in 0..10 {
        let tasks: Vec<_> = (0..100).map(|i| E::spawn(cancels_itself(i * 100))).collect();
        for (task, number) in tasks.into_iter().zip((0..).step_by(100)) {
            assert_eq!(task.join().await.expect("no panic"), [number + 1, number, number]);
        }
        assert_eq!(NUMBER.get(), 7);
    }
    threads_are_clean::<E>().await;
}

/// Counts how many of its kind live at once.
struct Counted(Arc<[AtomicUsize; 2]>);

impl Counted {
    fn new(counts: &Arc<[AtomicUsize; 2]>) -> Self {
        let [live, most] = &**counts;
        most.fetch_max(live.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        Self(Arc::clone(counts))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0[0].fetch_sub(1, Ordering::Relaxed);
    }
}

#[context_var]
static COUNTED: Counted;

/// R12, Case 289: each task spawns the next one, in its own context.
#[with_context]
pub(crate) async fn generations_hold_one_value_each<E: Executor>() {
    type Counts = Arc<[AtomicUsize; 2]>;

    #[with_context]
    fn generation<E: Executor>(
        left: usize,
        counts: Counts,
        tasks: mpsc::UnboundedSender<Task<()>>,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            COUNTED.set(Counted::new(&counts));
            NUMBER.set(left);
            if left > 0 {
                let next = E::spawn(generation::<E>(left - 1, counts, tasks.clone()));
                assert!(tasks.unbounded_send(next).is_ok(), "the test listens");
            }
        })
    }

    let counts = Counts::default();
    let (tasks, mut spawned) = mpsc::unbounded();
    E::spawn(generation::<E>(10_000, Arc::clone(&counts), tasks))
        .join()
        .await
        .expect("no panic");
    while let Some(task) = spawned.next().await {
        task.join().await.expect("no panic");
    }
    let [live, most] = counts.each_ref().map(|count| count.load(Ordering::Relaxed));
    // Each worker may be about to end one and have begun another.
    assert!(live == 0 && most <= 64, "{live} live, {most} lived at once");
}
