//! Wrappers that the future's maker knows nothing of.

use std::pin::pin;

use contextvars::{Context, ContextExt, bind, bind_fn, with_context};
use futures::FutureExt;
use futures::channel::mpsc;
use futures::stream::{FuturesUnordered, StreamExt};

use crate::common::{drive, drive_across_threads, outside_and_inside, ready, yield_now};
use crate::{A, B, Boxed, C, Seen, annotated, annotated_boxed, kinds, plain, relay, seen};

/// Jobs of every kind that captured bob's context, where `A` is 1.
fn bobs_jobs() -> Vec<(&'static str, Boxed<Seen>)> {
    Context::new().with(&A, 1).run(|| {
        let mut jobs = kinds();
        jobs.retain(|(name, _)| *name != "plain");
        jobs.push(("relayed plain", relay(plain()).boxed()));
        jobs.push(("scoped", B.scope(2, annotated()).map(|[a, _, c]| [a, 0, c]).boxed()));
        jobs.push(("scoped plain", B.scope(2, plain()).map(|[a, _, c]| [a, 0, c]).boxed()));
        jobs
    })
}

const BOBS: Seen = [1, 0, 0];

/// A worker in `place` takes the jobs from a queue, all of them made before it or all after.
fn queue(worker: impl Fn(mpsc::UnboundedReceiver<(&'static str, Boxed<Seen>)>) -> Boxed<()>) {
    for before in [true, false] {
        let (jobs, queue) = mpsc::unbounded();
        let send = || {
            for job in bobs_jobs() {
                jobs.unbounded_send(job).expect("the worker listens");
            }
        };
        if before {
            send();
        }
        let worker = worker(queue);
        if !before {
            send();
        }
        drop(jobs);
        drive(worker);
    }
}

async fn work(mut queue: mpsc::UnboundedReceiver<(&'static str, Boxed<Seen>)>) {
    while let Some((name, job)) = queue.next().await {
        assert_eq!(job.await, BOBS, "{name}");
    }
}

/// R4, Case 176
#[test]
fn a_queued_job_keeps_its_own_under_a_workers_scope() {
    outside_and_inside(|| {
        queue(|queue| A.scope(8, C.scope(9, work(queue))).boxed());
        queue(|queue| {
            A.scope(8, C.scope(9, work(queue)).boxed())
                .in_context(Context::new())
                .boxed()
        });
    });
}

/// R4, Case 176
#[test]
fn a_queued_job_keeps_its_own_under_a_workers_in_context() {
    outside_and_inside(|| {
        let workers = Context::new().with(&A, 8).with(&C, 9);
        queue(|queue| work(queue).in_context(workers.clone()).boxed());
        queue(|queue| C.scope(9, work(queue).in_context(workers.clone())).boxed());
    });
}

/// R4, Case 176
#[test]
fn a_queued_job_keeps_its_own_under_an_annotated_worker() {
    #[with_context]
    async fn worker(queue: mpsc::UnboundedReceiver<(&'static str, Boxed<Seen>)>) {
        A.set(8);
        C.scope(9, work(queue)).await;
    }

    outside_and_inside(|| {
        queue(|queue| worker(queue).boxed());
        queue(|queue| A.scope(8, worker(queue)).boxed());
    });
}

/// R4: a worker that wraps each job in a scope of its own, as it takes it.
#[test]
fn a_queued_job_keeps_its_own_in_a_scope_made_around_it() {
    async fn wraps(mut queue: mpsc::UnboundedReceiver<(&'static str, Boxed<Seen>)>) {
        while let Some((name, job)) = queue.next().await {
            let wrapped = A.scope(8, C.scope(9, job).boxed());
            assert_eq!(wrapped.await, BOBS, "{name}");
        }
    }

    #[with_context]
    async fn annotated_worker(queue: mpsc::UnboundedReceiver<(&'static str, Boxed<Seen>)>) {
        wraps(queue).await;
    }

    outside_and_inside(|| {
        queue(|queue| wraps(queue).boxed());
        queue(|queue| annotated_worker(queue).boxed());
        queue(|queue| wraps(queue).in_context(Context::new().with(&C, 5)).boxed());
    });
    for (name, job) in bobs_jobs() {
        let given = job.in_context(Context::new().with(&A, 8));
        assert_eq!(drive(given), BOBS, "{name}, in_context");
    }
}

/// R4: polled under a synchronous entry of somebody else.
#[test]
fn a_job_keeps_its_own_inside_run_and_sync_scope() {
    #[with_context]
    fn annotated_sync(job: Boxed<Seen>) -> Seen {
        A.set(8);
        drive(job)
    }

    outside_and_inside(|| {
        for (name, job) in bobs_jobs() {
            let mut workers = Context::new().with(&A, 8).with(&C, 9);
            assert_eq!(workers.run(|| drive(job)), BOBS, "{name}, run");
        }
        for (name, job) in bobs_jobs() {
            assert_eq!(A.sync_scope(8, || drive(job)), BOBS, "{name}, sync_scope");
        }
        for (name, job) in bobs_jobs() {
            let bound = Context::new().with(&A, 8).run(|| bind(|| drive(job)));
            assert_eq!(bound(), BOBS, "{name}, bind");
        }
        for (name, job) in bobs_jobs() {
            assert_eq!(annotated_sync(job), BOBS, "{name}, an annotated fn");
        }
    });
}

/// R4: every poll of the job under another stranger.
#[test]
fn a_job_handed_round_keeps_its_own() {
    #[with_context]
    async fn job() -> Vec<u32> {
        let mut all = Vec::new();
        for _ in 0..4 {
            all.push(A.get());
            A.set(A.get() + 1);
            yield_now().await;
        }
        all
    }

    let mut job = Context::new().with(&A, 1).run(|| job().boxed());
    for stranger in 10..13 {
        let polled = A.scope(stranger, async { crate::common::poll_once(job.as_mut()) });
        assert!(ready(polled).is_pending());
    }
    assert!(A.sync_scope(13, || crate::common::poll_once(job.as_mut())).is_pending());
    assert_eq!(ready(job), [1, 2, 3, 4]);
}

/// R4: a job that was scoped by bob keeps bob's scope, and takes none of the worker's.
#[test]
fn a_job_scoped_by_its_maker_keeps_that_scope() {
    let scoped = || Context::new().with(&C, 3).run(|| A.scope(1, annotated_boxed()));
    outside_and_inside(|| {
        assert_eq!(drive(B.scope(9, scoped())), [1, 0, 3]);
        assert_eq!(drive(A.scope(9, scoped())), [1, 0, 3]);
        assert_eq!(drive(scoped().in_context(Context::new().with(&B, 9))), [1, 0, 3]);
        assert_eq!(drive(B.scope(9, relay(scoped()))), [1, 0, 3]);
    });
}

/// R4: a job that was made outside every context, and then put into one by bob, is nobody's: neither bob's, who is a
/// stranger to it, nor theirs who wrap it again.
#[test]
fn a_job_made_outside_and_given_a_context_by_a_stranger_is_nobodys() {
    fn bobs(job: Boxed<Seen>) -> Boxed<Seen> {
        Context::new()
            .run(|| job.in_context(Context::new().with(&A, 1)))
            .boxed()
    }

    let strangers: [fn(Boxed<Seen>) -> Boxed<Seen>; 3] = [
        |job| A.scope(8, C.scope(9, job)).boxed(),
        |job| job.in_context(Context::new().with(&C, 9)).boxed(),
        |job| C.scope(9, relay(job)).boxed(),
    ];
    for stranger in strangers {
        for job in jobs_made_outside().map(bobs) {
            assert_eq!(drive(stranger(job)), [0; 3]);
        }
        for job in jobs_made_outside().map(bobs) {
            assert_eq!(Context::new().run(|| drive(stranger(job))), [0; 3]);
        }
        assert_eq!(
            drive(stranger(bobs(plain().boxed()))),
            BOBS,
            "a plain one has nothing of its own"
        );
    }
}

/// R4: two runs of one context, and two calls of one fn, are strangers to each other.
#[test]
fn an_instance_is_one_entry_not_one_value() {
    #[with_context]
    async fn makes() -> [Boxed<Seen>; 1] {
        A.set(1);
        [annotated().boxed()]
    }

    #[with_context]
    async fn wraps([job]: [Boxed<Seen>; 1]) -> Seen {
        C.scope(9, job).await
    }

    let mut context = Context::new().with(&A, 1);
    let job = context.run(annotated);
    assert_eq!(context.run(|| ready(C.scope(9, job))), BOBS, "a second run");
    outside_and_inside(|| assert_eq!(ready(wraps(ready(makes()))), BOBS, "another fn"));
}

/// R4
#[test]
fn a_local_set_driven_in_a_strangers_scope_keeps_its_tasks_apart() {
    use tokio::task::{JoinHandle, LocalSet};

    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let local = LocalSet::new();
    let spawn = || -> Vec<(&'static str, JoinHandle<Seen>)> {
        bobs_jobs()
            .into_iter()
            .map(|(name, job)| (name, local.spawn_local(job)))
            .collect()
    };
    let tasks = spawn();
    runtime.block_on(A.scope(
        8,
        local.run_until(async {
            C.set(9);
            for (name, task) in tasks {
                assert_eq!(task.await.expect("no panic"), BOBS, "{name}");
            }
            assert_eq!(seen(), [8, 0, 9]);
        }),
    ));
    let tasks = spawn();
    runtime.block_on(C.scope(9, local));
    for (name, task) in tasks {
        assert_eq!(task.now_or_never().expect("done").expect("no panic"), BOBS, "{name}");
    }
}

/// R4, Case T28
#[test]
fn a_crowds_members_keep_their_own_whoever_drives_it() {
    let crowd = FuturesUnordered::new();
    for (_, job) in bobs_jobs() {
        crowd.push(job);
    }
    let jobs = crowd.len();
    let alices = Context::new()
        .with(&B, 2)
        .run(|| annotated().map(|[a, b, c]| [b / 2, a, c]));
    crowd.push(alices.boxed());
    let driven = A.scope(8, C.scope(9, crowd.collect::<Vec<_>>()));
    assert_eq!(drive(driven), vec![BOBS; jobs + 1]);

    let crowd: FuturesUnordered<_> = bobs_jobs().into_iter().map(|(_, job)| job).collect();
    let mut crowd = pin!(crowd);
    for stranger in 10.. {
        let next = A.scope(stranger, async { crowd.next().await });
        let Some(seen) = drive(next) else { break };
        assert_eq!(seen, BOBS);
    }
}

/// R4: captured outside every context, a future takes the wrappers that were made there, and later.
#[test]
fn a_job_captured_outside_takes_the_later_wrappers_made_outside() {
    let (jobs, queue) = mpsc::unbounded();
    let worker = A.scope(8, async {
        let mut queue = queue;
        let mut all = Vec::new();
        while let Some(job) = queue.next().await {
            let job: Boxed<Seen> = job;
            all.push(job.await);
        }
        all
    });
    jobs.unbounded_send(annotated().boxed()).expect("the worker listens");
    jobs.unbounded_send(relay(annotated()).boxed())
        .expect("the worker listens");
    jobs.unbounded_send(plain().boxed()).expect("the worker listens");
    drop(jobs);
    assert_eq!(drive(worker), [[0; 3], [0; 3], [8, 0, 0]], "an older scope");

    for job in jobs_made_outside() {
        assert_eq!(drive(A.scope(8, job)), [8, 0, 0], "scope");
    }
    for job in jobs_made_outside() {
        assert_eq!(
            drive(job.in_context(Context::new().with(&A, 8))),
            [8, 0, 0],
            "in_context"
        );
    }
    for job in jobs_made_outside() {
        let worker = Context::new().run(|| A.scope(8, job));
        assert_eq!(drive(worker), [0; 3], "a scope made in some context");
    }
    for job in jobs_made_outside() {
        let worker = C.scope(3, A.scope(8, job));
        assert_eq!(
            Context::new().with(&B, 2).run(|| drive(worker)),
            [8, 0, 3],
            "scopes polled in some context"
        );
    }
    assert_eq!(
        drive_across_threads(annotated()),
        [0, 0, 0],
        "and nothing where there is nothing"
    );
}

fn jobs_made_outside() -> [Boxed<Seen>; 3] {
    [annotated().boxed(), relay(annotated()).boxed(), annotated_boxed()]
}

/// R1, R4: but of wrappers only. It has captured that nothing is bound, so neither what is entered without a wrapper
/// nor what is set around it shows.
#[test]
fn a_job_captured_outside_takes_wrappers_and_nothing_else() {
    #[with_context]
    async fn worker(job: Boxed<Seen>) -> Seen {
        A.set(8);
        job.await
    }

    for job in jobs_made_outside() {
        assert_eq!(Context::new().with(&A, 8).run(|| drive(job)), [0; 3], "run");
    }
    for job in jobs_made_outside() {
        assert_eq!(A.sync_scope(8, || drive(job)), [0; 3], "sync_scope");
    }
    for job in jobs_made_outside() {
        assert_eq!(drive(worker(job)), [0; 3], "an annotated worker");
    }
    for job in jobs_made_outside() {
        let set_inside = A.scope(7, async {
            A.set(8);
            job.await
        });
        assert_eq!(drive(set_inside), [7, 0, 0], "a scope that sets");
    }
}

/// R4: and once polled, it is at home.
#[test]
fn a_job_captured_outside_keeps_what_it_was_first_polled_in() {
    #[with_context]
    async fn job() -> [Seen; 2] {
        let first = seen();
        yield_now().await;
        [first, seen()]
    }

    let mut one = job().boxed();
    assert!(ready(A.scope(8, async { crate::common::poll_once(one.as_mut()) })).is_pending());
    assert_eq!(ready(A.scope(9, one)), [[8, 0, 0]; 2]);
    let mut two = job().boxed();
    assert!(crate::common::poll_once(two.as_mut()).is_pending());
    assert_eq!(ready(A.scope(9, two)), [[0, 0, 0]; 2]);
}

/// R4
#[test]
fn bound_closures_always_keep_their_own() {
    Context::new().run(|| {
        A.set(1);
        let (once, many) = (bind(seen), bind_fn(seen));
        assert_eq!(A.sync_scope(8, &many), BOBS);
        assert_eq!(ready(A.scope(8, async { many() })), BOBS);
        assert_eq!(ready(async { many() }.in_context(Context::new().with(&A, 8))), BOBS);
        let scoped = A.scope(8, async move { once() });
        assert_eq!(ready(scoped), BOBS);
    });
    let (once, many) = (bind(seen), bind_fn(seen));
    assert_eq!(A.sync_scope(8, &many), [0; 3], "bound outside every context, too");
    assert_eq!(ready(A.scope(8, async move { once() })), [0; 3]);
}
