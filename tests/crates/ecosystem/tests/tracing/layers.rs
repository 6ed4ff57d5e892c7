//! In a registry, beside other layers and filters.

use contextvars::tracing::{ContextFields, WithVariables};
use serde_json::json;
use tracing::{Subscriber, info, info_span, subscriber, trace_span, warn};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, fmt, prelude::*, registry};

use crate::captured::{Captured, capture, plain};
use crate::{REQUEST_ID, USER, fields};

/// Each layer shows its own variables, or none.
#[test]
fn layers_show_what_each_is_told() {
    let [text, bare, json] = std::array::from_fn(|_| Captured::default());
    let only_user = ContextFields::new().with_name("user", &USER);
    let subscriber = registry()
        .with(
            fmt::layer()
                .with_writer(text.clone())
                .with_ansi(false)
                .without_time()
                .with_variables(fields()),
        )
        .with(fmt::layer().with_writer(bare.clone()).with_ansi(false).without_time())
        .with(fmt::layer().with_writer(json.clone()).json().with_variables(only_user));
    subscriber::with_default(subscriber, || {
        USER.sync_scope("alice", || {
            REQUEST_ID.set(7);
            info_span!("request", path = "/").in_scope(|| info!("loaded"));
        });
    });

    let shown =
        "INFO request{path=\"/\" USER=\"alice\" REQUEST_ID=7}: tracing::layers: loaded USER=\"alice\" REQUEST_ID=7\n";
    assert_eq!(text.text().trim_start(), shown);
    assert_eq!(
        bare.text().trim_start(),
        "INFO request{path=\"/\"}: tracing::layers: loaded\n"
    );
    let line = &json.json()[0];
    assert_eq!(line["context"], json!({"user": "alice"}));
    assert_eq!(
        line["span"],
        json!({"name": "request", "path": "/", "context": {"user": "alice"}})
    );
}

/// A span that is filtered out takes its fields with it; the variables are still on the events.
#[test]
fn filters_of_a_layer_leave_the_variables() {
    let [all, some] = std::array::from_fn(|_| Captured::default());
    let subscriber = registry()
        .with(layer(&all))
        .with(layer(&some).with_filter(LevelFilter::WARN));
    subscriber::with_default(subscriber, || {
        USER.sync_scope("alice", || {
            trace_span!("fine").in_scope(|| {
                info!("loaded");
                warn!("slow");
            });
        });
    });
    assert_eq!(all.text().lines().count(), 2);
    assert_eq!(some.text(), " WARN slow USER=\"alice\"\n");
}

/// They are events of the layer itself.
#[test]
fn the_events_of_spans_show_variables() {
    let subscriber = |writer| {
        let own = plain!(writer).with_span_events(FmtSpan::NEW | FmtSpan::EXIT);
        own.with_variables(fields()).finish()
    };
    let body = || {
        let span = USER.sync_scope("alice", || info_span!("request"));
        USER.sync_scope("bob", || span.in_scope(|| ()));
    };
    let shown = capture(subscriber, body).text();
    let expected = [
        " INFO request{USER=\"alice\"}: new USER=\"alice\"\n",
        " INFO request{USER=\"alice\"}: exit USER=\"bob\"\n",
    ];
    assert_eq!(shown, expected.concat());
}

fn layer<S>(writer: &Captured) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let layer = fmt::layer()
        .with_writer(writer.clone())
        .with_ansi(false)
        .without_time()
        .with_target(false);
    layer.with_variables(fields())
}

#[test]
fn a_boxed_layer_shows_variables() {
    let subscriber = |writer| registry().with(fmt::layer().with_writer(writer).json().with_variables(fields()).boxed());
    let line = capture(subscriber, || USER.sync_scope("alice", || info!("loaded")))
        .json()
        .remove(0);
    assert_eq!(line["context"], json!({"USER": "alice"}));
}
