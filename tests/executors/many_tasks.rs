//! Crowds of tasks keep their values apart.

use contextvars::{context_var, with_context};
use futures::future;

use crate::common::yield_now;
use crate::runtimes::Executor;

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

/// R2
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
