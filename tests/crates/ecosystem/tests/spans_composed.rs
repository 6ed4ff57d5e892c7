//! R13 beside what tracing itself offers: who has a span keeps it, who has none gets the caller's.

#[path = "common/spans.rs"]
mod spans;

use contextvars::tracing::CurrentSpan;
use contextvars::{Context, ContextExt, bind, context_var, with_context};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use spans::{AtDrop, Seen, current};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument, Span, Subscriber, info_span, instrument};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

#[context_var]
static USER: &'static str;

/// The names of the spans that were closed.
#[derive(Clone, Default)]
struct Closed(Arc<Mutex<Vec<&'static str>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Closed {
    fn on_close(&self, id: tracing::span::Id, context: tracing_subscriber::layer::Context<'_, S>) {
        let name = context.span(&id).expect("a span").name();
        self.0.lock().expect("no panic").push(name);
    }
}

fn closed() -> &'static Closed {
    static CLOSED: OnceLock<Closed> = OnceLock::new();
    CLOSED.get_or_init(|| {
        let closed = Closed::default();
        let subscriber = tracing_subscriber::registry().with(closed.clone());
        tracing::subscriber::set_global_default(subscriber).expect("the first");
        contextvars::carry::<CurrentSpan>();
        closed
    })
}

/// How often a span of this name was closed.
fn times_closed(name: &str) -> usize {
    closed()
        .0
        .lock()
        .expect("no panic")
        .iter()
        .filter(|closed| **closed == name)
        .count()
}

fn run<F: Future>(future: F) -> F::Output {
    closed();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build();
    runtime.expect("a runtime").block_on(future)
}

async fn spawned(future: impl Future<Output = Option<&'static str>> + Send + 'static) -> Option<&'static str> {
    tokio::spawn(future).await.expect("no panic")
}

/// Case P20, R13
#[test]
fn attributes_go_in_either_order() {
    #[with_context]
    #[instrument]
    async fn below() -> Option<&'static str> {
        tokio::task::yield_now().await;
        current()
    }

    #[instrument]
    #[with_context]
    async fn above() -> Option<&'static str> {
        tokio::task::yield_now().await;
        current()
    }

    #[with_context]
    async fn annotated() -> Option<&'static str> {
        tokio::task::yield_now().await;
        current()
    }

    run(async {
        let request = info_span!("request");
        let tasks = request.in_scope(|| (spawned(below()), spawned(above()), spawned(annotated())));
        assert_eq!(tasks.0.await, Some("below"));
        assert_eq!(tasks.1.await, Some("above"));
        assert_eq!(tasks.2.await, Some("request"));
        assert_eq!(spawned(annotated()).await, None, "captured in no span");
    });
}

/// Case P20, R13
#[test]
fn a_span_that_a_future_is_given_stays() {
    run(async {
        let request = info_span!("request");
        let job = || async { current() };
        let tasks = request.in_scope(|| {
            [
                spawned(job().in_current_context().instrument(info_span!("outside"))),
                spawned(job().in_current_context().instrument(Span::none())),
            ]
        });
        let inside = request.in_scope(|| spawned(job().instrument(info_span!("inside")).in_current_context()));
        let [outside, none] = tasks;
        assert_eq!(outside.await, Some("outside"));
        assert_eq!(none.await, Some("request"), "no span is none");
        assert_eq!(inside.await, Some("inside"));
    });
}

/// Case P20, R13
#[test]
fn a_job_from_a_queue_keeps_its_workers_span() {
    run(async {
        let (jobs, mut queue) = mpsc::channel::<futures::future::BoxFuture<'static, Option<&'static str>>>(2);
        let request = info_span!("request");
        let job = request.in_scope(|| async { current() }.in_current_context());
        assert!(jobs.send(Box::pin(job)).await.is_ok(), "a queue");
        let worker = async move { queue.recv().await.expect("a job").await };
        assert_eq!(spawned(worker.instrument(info_span!("worker"))).await, Some("worker"));
    });
}

/// Case P20, R13
#[test]
fn members_of_a_set_have_their_own_span_where_the_set_has_none() {
    run(async {
        let mut set = FuturesUnordered::new();
        for name in ["first", "second"] {
            let span = if name == "first" {
                info_span!("first")
            } else {
                info_span!("second")
            };
            set.push(span.in_scope(|| {
                async move {
                    tokio::task::yield_now().await;
                    (name, current())
                }
                .in_current_context()
            }));
        }
        while let Some((name, span)) = set.next().await {
            assert_eq!(span, Some(name));
        }
        assert_eq!(current(), None);
    });
}

/// Case P21, R13
#[test]
fn destructors_are_in_the_span() {
    let seen = Seen::default();
    let waits = |at_drop: AtDrop| async move {
        let _at_drop = at_drop;
        std::future::pending::<()>().await;
    };
    run(async {
        let request = info_span!("request");
        let future = || request.in_scope(|| waits(seen.at_drop()).in_current_context());
        // The loser of a race.
        tokio::select! {
            biased;
            () = future() => unreachable!(),
            () = std::future::ready(()) => {}
        }
        // Aborted after its first poll, and before it.
        let task = tokio::spawn(future());
        tokio::time::sleep(Duration::from_millis(10)).await;
        task.abort();
        task.await.expect_err("aborted");
        let task = tokio::spawn(future());
        task.abort();
        task.await.expect_err("aborted");
        drop(future());
    });
    assert_eq!(seen.all(), [Some("request"); 4]);
}

/// Case P21, R13
#[test]
fn tasks_that_a_runtime_drops_are_in_their_span() {
    let seen = Seen::default();
    closed();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .expect("a runtime");
    let at_drop = seen.at_drop();
    let (started, has_started) = oneshot::channel();
    let task = async move {
        let _at_drop = at_drop;
        started.send(()).expect("somebody waits");
        std::future::pending::<()>().await;
    };
    info_span!("request").in_scope(|| runtime.spawn(task.in_current_context()));
    runtime.block_on(has_started).expect("it starts");
    drop(runtime);
    assert_eq!(seen.all(), [Some("request")]);
}

/// Case P21, R13
#[test]
fn a_span_closes_with_its_request_though_a_pool_keeps_the_context() {
    let pool: Vec<Context> = run(async {
        let span = info_span!("closes");
        let (task, context) = span.in_scope(|| {
            USER.sync_scope("alice", || {
                (
                    tokio::spawn(async { current() }.in_current_context()),
                    Context::current(),
                )
            })
        });
        drop(span);
        assert_eq!(task.await.expect("no panic"), Some("closes"));
        vec![context]
    });
    assert_eq!(times_closed("closes"), 1);
    assert_eq!(pool[0].get(&USER), Some(&"alice"));
}

/// Case P21, R13
#[test]
fn what_is_bound_lets_go_of_the_span_with_the_closure() {
    closed();
    let span = info_span!("of a closure");
    let call = span.in_scope(|| contextvars::bind_fn(current));
    let once = span.in_scope(|| bind(current));
    drop(span);
    let call = std::thread::spawn(move || {
        assert_eq!(
            (call(), call(), current()),
            (Some("of a closure"), Some("of a closure"), None)
        );
        call
    });
    let call = call.join().expect("no panic");
    assert_eq!(std::thread::spawn(once).join().expect("no panic"), Some("of a closure"));
    assert_eq!(times_closed("of a closure"), 0);
    drop(call);
    assert_eq!(times_closed("of a closure"), 1);
}

#[with_context(fresh)]
async fn fresh() -> Option<&'static str> {
    tokio::task::yield_now().await;
    current()
}

/// Case P20, R13
#[test]
fn an_explicit_context_carries_no_span() {
    run(async {
        let request = info_span!("request");
        let _entered = request.enter();
        assert_eq!(spawned(async { current() }.in_context(Context::new())).await, None);
        assert_eq!(spawned(fresh()).await, None);
    });
}
