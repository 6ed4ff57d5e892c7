//! A request that does much of what a service does beside its handler, and the spans that are exported for it.

#![allow(dead_code, reason = "every binary uses a part of it")]

use contextvars::tower::{CaptureLayer, RestoreLayer};
use contextvars::{bind, context_var, with_context};
use opentelemetry::trace::{SpanId, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use std::convert::Infallible;
use std::sync::OnceLock;
use tokio::task::JoinSet;
use tower::buffer::Buffer;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tracing::{Instrument, info_span, instrument};
use tracing_subscriber::layer::SubscriberExt;

#[context_var]
static USER: &'static str = "nobody";

#[with_context]
#[instrument]
async fn audit() {
    tokio::task::yield_now().await;
    info_span!("write", user = USER.get()).in_scope(|| ());
}

/// A span of its own, around a task that is annotated: that span stays.
#[with_context]
async fn notify() {
    tokio::task::yield_now().await;
    info_span!("send").in_scope(|| ());
}

#[with_context]
async fn part(number: u32) {
    tokio::task::yield_now().await;
    info_span!("part", number).in_scope(|| ());
    // What knows no `tracing`, as a client of a database may.
    opentelemetry::global::tracer("client").start("query");
}

#[instrument(skip_all)]
async fn request<S>(mut client: S)
where
    S: Service<u32, Response = (), Error: std::fmt::Debug>,
{
    let audit = tokio::spawn(audit());
    let notify = tokio::spawn(notify().instrument(info_span!("notify")));
    let blocking = tokio::task::spawn_blocking(bind(|| info_span!("hash").in_scope(|| ())));
    let mut parts = JoinSet::new();
    for number in 0..2 {
        parts.spawn(part(number));
    }
    client
        .ready()
        .await
        .expect("a buffer")
        .call(7)
        .await
        .expect("an answer");
    // Done, aborted before its first poll, and after it.
    parts.spawn(std::future::pending::<()>()).abort();
    while parts.join_next().await.is_some() {}
    let (audit, notify, blocking) = tokio::join!(audit, notify, blocking);
    audit.and(notify).and(blocking).expect("no panic");
}

/// The exporter and its provider, behind the subscriber of this process.
fn exported() -> &'static (InMemorySpanExporter, SdkTracerProvider) {
    static EXPORTED: OnceLock<(InMemorySpanExporter, SdkTracerProvider)> = OnceLock::new();
    EXPORTED.get_or_init(|| {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        opentelemetry::global::set_tracer_provider(provider.clone());
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("service"));
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).expect("the first");
        (exporter, provider)
    })
}

/// Serves one request, and returns the spans that were exported, as a tree.
pub(crate) fn tree() -> Vec<String> {
    let (exporter, provider) = exported();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let backend = service_fn(|_: u32| async {
            info_span!("call").in_scope(|| ());
            Ok::<_, Infallible>(())
        });
        let client = ServiceBuilder::new()
            .layer(CaptureLayer::new())
            .layer_fn(|service| Buffer::new(service, 4))
            .layer(RestoreLayer::new())
            .service(backend);
        tokio::spawn(USER.scope("alice", request(client)))
            .await
            .expect("no panic");
    });
    drop(runtime);
    provider.force_flush().expect("flushed");
    let spans = exporter.get_finished_spans().expect("spans");
    exporter.reset();
    as_tree(&spans)
}

/// The spans, each below its parent.
pub(crate) fn as_tree(spans: &[SpanData]) -> Vec<String> {
    let mut lines = Vec::new();
    children(spans, SpanId::INVALID, 0, &mut lines);
    lines
}

/// The tree of the request where its one trace is whole.
pub(crate) const WHOLE: [&str; 11] = [
    "request",
    "  audit",
    "    write",
    "  call",
    "  hash",
    "  notify",
    "    send",
    "  part",
    "  part",
    "  query",
    "  query",
];

fn children(spans: &[SpanData], parent: SpanId, depth: usize, lines: &mut Vec<String>) {
    let mut children: Vec<_> = spans.iter().filter(|span| span.parent_span_id == parent).collect();
    children.sort_by_key(|span| (span.name.clone(), number(span)));
    for span in children {
        lines.push(format!("{}{}", "  ".repeat(depth), span.name));
        children_of(spans, span, depth, lines);
    }
}

fn children_of(spans: &[SpanData], span: &SpanData, depth: usize, lines: &mut Vec<String>) {
    children(spans, span.span_context.span_id(), depth + 1, lines);
}

fn number(span: &SpanData) -> Option<String> {
    let number = span
        .attributes
        .iter()
        .find(|attribute| attribute.key.as_str() == "number");
    number.map(|attribute| attribute.value.to_string())
}
