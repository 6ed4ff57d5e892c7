#!/usr/bin/env bash
# A request's span lasts as long as the job that the request leaves behind.
#
# A request is answered after 10 ms, and leaves a job that takes a second. If the job was spawned `.in_current_span()` or
# `.with_current_context()`, as the guides say, the request is exported as one that took a second: `tracing-opentelemetry`
# ends a span where it was last left, and the job's polls enter it; a span of `opentelemetry` ends when the last context
# that has it is dropped, and the job holds one. A job with a span of its own, and a middleware that ends the span by hand,
# leave the request its 10 ms. Nothing of the four is exported before the job has ended, but for what is ended by hand.
#
# Source: `on_exit` in src/layer.rs of https://crates.io/crates/tracing-opentelemetry/0.34.0, `Drop` in src/trace/span.rs of
# https://crates.io/crates/opentelemetry_sdk/0.33.1
# Seen: tracing 0.1.44, tracing-opentelemetry 0.34.0, opentelemetry 0.33.1, tokio 1.54.1, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none spans-last-as-long-as-their-jobs
cd spans-last-as-long-as-their-jobs
cat >>Cargo.toml <<'TOML'
opentelemetry = "=0.33.1"
opentelemetry_sdk = { version = "=0.33.1", features = ["testing"] }
tracing = "=0.1.44"
tracing-opentelemetry = "=0.34.0"
tracing-subscriber = "=0.3.23"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::time::Duration;

use opentelemetry::context::FutureExt;
use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, global};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tokio::time::sleep;
use tracing::{Instrument, info_span};
use tracing_subscriber::prelude::*;

/// Awaits, as a request does, and leaves a job behind.
async fn request(leave: impl FnOnce()) {
    sleep(Duration::from_millis(10)).await;
    leave();
}

async fn job() {
    sleep(Duration::from_secs(1)).await;
}

fn opentelemetry(name: &'static str) -> Context {
    Context::new().with_span(global::tracer("requests").start(name))
}

fn show(when: &str, exporter: &InMemorySpanExporter) {
    let mut spans = exporter.get_finished_spans().expect("spans");
    spans.retain(|span| span.name != "job");
    spans.sort_by_key(|span| span.name.clone());
    println!("{when}: {} exported", spans.len());
    for span in spans {
        let took = span.end_time.duration_since(span.start_time).expect("it ended later");
        let as_the = if took < Duration::from_millis(500) { "the answer" } else { "the job" };
        println!("  {} took as long as {as_the}", span.name);
    }
}

#[tokio::main]
async fn main() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    global::set_tracer_provider(provider.clone());
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("requests"));
    tracing_subscriber::registry().with(layer).init();

    let leave = || drop(tokio::spawn(job().in_current_span()));
    request(leave).instrument(info_span!("tracing, in_current_span")).await;

    let leave = || drop(tokio::spawn(job().instrument(info_span!("job"))));
    request(leave).instrument(info_span!("tracing, a span of its own")).await;

    let leave = || drop(tokio::spawn(job().with_current_context()));
    request(leave).with_context(opentelemetry("opentelemetry, with_current_context")).await;

    let leave = || drop(tokio::spawn(job().with_current_context()));
    let context = opentelemetry("opentelemetry, ended by hand");
    request(leave).with_context(context.clone()).await;
    context.span().end();

    show("answered", &exporter);
    sleep(Duration::from_secs(2)).await;
    show("a second later", &exporter);
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
answered: 1 exported
  opentelemetry, ended by hand took as long as the answer
a second later: 4 exported
  opentelemetry, ended by hand took as long as the answer
  opentelemetry, with_current_context took as long as the job
  tracing, a span of its own took as long as the answer
  tracing, in_current_span took as long as the job
SEEN
