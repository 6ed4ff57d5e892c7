//! R13 in a service that knows opentelemetry alone, and no `tracing`: the spans that are exported, and the baggage.

use contextvars::opentelemetry::CurrentContext;
use contextvars::tokio as inheriting;
use contextvars::{ContextExt, bind, context_var, with_context};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::context::FutureExt;
use opentelemetry::trace::{Span, SpanId, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinSet, yield_now};

#[context_var]
static USER: &'static str = "nobody";

/// Each span's name, and its parent's or "" if it has none. A test at a time: they share an exporter.
fn exported(test: impl AsyncFnOnce()) -> Vec<(String, String)> {
    static EXPORTER: OnceLock<InMemorySpanExporter> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let exporter = EXPORTER.get_or_init(|| {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        global::set_tracer_provider(provider);
        contextvars::carry::<CurrentContext>();
        exporter
    });
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build();
    runtime.expect("a runtime").block_on(test());
    let spans = exporter.get_finished_spans().expect("spans");
    exporter.reset();
    let names: HashMap<_, _> = spans
        .iter()
        .map(|span| (span.span_context.span_id(), &span.name))
        .collect();
    let parent = |id: SpanId| names.get(&id).map_or("", |name| name.as_ref()).to_owned();
    let mut pairs: Vec<_> = spans
        .iter()
        .map(|span| (span.name.to_string(), parent(span.parent_span_id)))
        .collect();
    pairs.sort();
    pairs
}

/// Makes a span and ends it.
fn record(name: &'static str) {
    global::tracer("service").start(name).end();
}

/// What a middleware does.
async fn in_span<F: Future>(name: &'static str, future: F) -> F::Output {
    let span = global::tracer("service").start(name);
    future.with_context(Context::current_with_span(span)).await
}

#[with_context]
async fn work(name: &'static str) {
    yield_now().await;
    record(name);
}

struct AtDrop(&'static str);

impl Drop for AtDrop {
    fn drop(&mut self) {
        record(self.0);
    }
}

async fn waits(at_drop: AtDrop) {
    let _at_drop = at_drop;
    std::future::pending::<()>().await;
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    let owned = expected.map(|(name, parent)| (name.to_owned(), parent.to_owned()));
    owned.into()
}

/// Case P19, R13
#[test]
fn what_a_request_spawns_has_its_span_as_the_parent() {
    let spans = exported(async || {
        let handler = async {
            let task = tokio::spawn(work("task"));
            let blocking = tokio::task::spawn_blocking(bind(|| record("blocking")));
            let mut set = JoinSet::new();
            set.spawn(async { record("of a set") }.in_current_context());
            let ours = inheriting::spawn(async { record("spawn of this crate") });
            let bare = tokio::spawn(async { record("bare") });
            work("inline").await;
            let (task, blocking, ours, bare) = tokio::join!(task, blocking, ours, bare);
            task.and(blocking).and(ours).and(bare).expect("no panic");
            set.join_all().await;
        };
        tokio::spawn(in_span("request", USER.scope("alice", handler)))
            .await
            .expect("no panic");
    });
    assert_eq!(
        spans,
        pairs([
            ("bare", ""),
            ("blocking", "request"),
            ("inline", "request"),
            ("of a set", "request"),
            ("request", ""),
            ("spawn of this crate", "request"),
            ("task", "request"),
        ])
    );
}

/// Case P20, R13
#[test]
fn who_has_a_span_keeps_it() {
    let spans = exported(async || {
        let (jobs, mut queue) = mpsc::unbounded_channel();
        let handler = async {
            tokio::spawn(in_span("outside", work("a span outside")))
                .await
                .expect("no panic");
            let inside = in_span("inside", async { record("a span inside") }).in_current_context();
            tokio::spawn(inside).await.expect("no panic");
            jobs.send(work("a job")).expect("a worker");
            let mut set = FuturesUnordered::new();
            for name in ["first", "second"] {
                set.push(in_span(name, async {
                    tokio::spawn(work("of a set")).await.expect("no panic");
                }));
            }
            while set.next().await.is_some() {}
        };
        in_span("request", handler).await;
        let worker = in_span("worker", async move { queue.recv().await.expect("a job").await });
        worker.await;
    });
    assert_eq!(
        spans,
        pairs([
            ("a job", "worker"),
            ("a span inside", "inside"),
            ("a span outside", "outside"),
            ("first", "request"),
            ("inside", "request"),
            ("of a set", "first"),
            ("of a set", "second"),
            // It is made at the first poll of a task that is spawned bare.
            ("outside", ""),
            ("request", ""),
            ("second", "request"),
            ("worker", ""),
        ])
    );
}

/// Case P21, R13
#[test]
fn what_is_cut_off_is_dropped_in_its_span_unlike_with_context_of_opentelemetry() {
    let spans = exported(async || {
        let mut loser = None;
        let handler = async {
            let aborted = tokio::spawn(waits(AtDrop("aborted")).in_current_context());
            let unpolled = tokio::spawn(waits(AtDrop("unpolled")).in_current_context());
            unpolled.abort();
            let theirs = tokio::spawn(waits(AtDrop("with_context")).with_current_context());
            tokio::time::sleep(Duration::from_millis(10)).await;
            for task in [aborted, unpolled, theirs] {
                task.abort();
                task.await.expect_err("aborted");
            }
            loser = Some(waits(AtDrop("a loser")).in_current_context());
        };
        in_span("request", handler).await;
        let loser = loser.expect("a future");
        tokio::select! {
            biased;
            () = loser => unreachable!(),
            () = std::future::ready(()) => {}
        }
    });
    assert_eq!(
        spans,
        pairs([
            ("a loser", "request"),
            ("aborted", "request"),
            ("request", ""),
            ("unpolled", "request"),
            ("with_context", ""),
        ])
    );
}

/// Case P19, R13
#[test]
fn baggage_is_carried_and_other_values_alone_are_not() {
    struct Other;
    let tenant = || Context::current().baggage().get("tenant").map(ToString::to_string);
    let spans = exported(async || {
        let baggage = Context::current_with_baggage([KeyValue::new("tenant", "acme")]);
        let task = async { tokio::spawn(async move { tenant() }.in_current_context()).await };
        let seen = task.with_context(baggage.with_value(Other)).await;
        assert_eq!(seen.expect("no panic").as_deref(), Some("acme"));

        let (other, has_other) = oneshot::channel();
        let task = async move { other.send(Context::current().get::<Other>().is_some()) };
        let spawning = async { tokio::spawn(task.in_current_context()).await };
        let sent = spawning.with_context(Context::new().with_value(Other)).await;
        sent.expect("no panic").expect("somebody waits");
        assert_eq!(has_other.await, Ok(false));
    });
    assert!(spans.is_empty());
}

/// Case P21, R13
#[test]
fn a_span_ends_with_its_request_though_a_pool_keeps_the_context() {
    let mut pool = Vec::new();
    let spans = exported(async || {
        let handler = USER.scope("alice", async { contextvars::Context::current() });
        pool.push(in_span("request", handler).await);
    });
    assert_eq!(
        spans,
        pairs([("request", "")]),
        "a span ends when nothing has it any more"
    );
    assert_eq!(pool[0].get(&USER), Some(&"alice"));
}
