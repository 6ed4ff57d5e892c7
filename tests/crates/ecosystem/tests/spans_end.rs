//! When the span of a request ends that leaves a job behind: where the job is last polled in it, as with `in_current_span`.

use contextvars::tracing::CurrentSpan;
use contextvars::{ContextExt, with_context};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::time::sleep;
use tracing::{Instrument, info_span, instrument};
use tracing_subscriber::layer::SubscriberExt;

const JOB: Duration = Duration::from_millis(300);

async fn job() {
    sleep(JOB).await;
}

#[with_context]
#[instrument]
async fn instrumented() {
    sleep(JOB).await;
}

/// Whether the request is exported as if it had taken as long as its job.
fn lasts_as_the_job(spans: &[SpanData], name: &str) -> bool {
    let span = spans.iter().find(|span| span.name == name).expect("exported");
    span.end_time.duration_since(span.start_time).expect("it ended later") >= JOB
}

/// R13
#[test]
fn a_request_lasts_as_its_job_unless_that_is_spawned_in_a_span_of_its_own() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("service"));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).expect("the first");
    contextvars::carry::<CurrentSpan>();

    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let jobs = [
            info_span!("in_current_span").in_scope(|| tokio::spawn(job().in_current_span())),
            info_span!("carried").in_scope(|| tokio::spawn(job().in_current_context())),
            info_span!("instrumented inside").in_scope(|| tokio::spawn(instrumented())),
            info_span!("instrumented outside").in_scope(|| {
                let job = job().in_current_context();
                tokio::spawn(job.instrument(info_span!("job")))
            }),
        ];
        for job in jobs {
            job.await.expect("no panic");
        }
    });
    let spans = exporter.get_finished_spans().expect("spans");
    assert!(lasts_as_the_job(&spans, "in_current_span"), "what tracing does");
    assert!(lasts_as_the_job(&spans, "carried"));
    assert!(lasts_as_the_job(&spans, "instrumented inside"));
    assert!(!lasts_as_the_job(&spans, "instrumented outside"));
}
