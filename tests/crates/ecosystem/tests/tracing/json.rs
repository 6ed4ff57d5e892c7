//! JSON, parsed.

use contextvars::tracing::WithVariables;
use contextvars::{Context, context_var};
use serde_json::{Value, json};
use tracing::field::Empty;
use tracing::{info, info_span};

use crate::captured::{Captured, capture, plain};
use crate::{REQUEST_ID, USER, fields};

fn json(writer: Captured) -> impl tracing::Subscriber + Send + Sync {
    plain!(writer).json().with_variables(fields()).finish()
}

fn one(captured: &Captured) -> Value {
    let [line] = <[Value; 1]>::try_from(captured.json()).expect("one line");
    line
}

fn as_bob(f: impl FnOnce()) {
    Context::new().with(&USER, "bob").with(&REQUEST_ID, 7).run(f);
}

#[test]
fn an_event_shows_what_is_current() {
    let event = || info!(rows = 1, "loaded");
    let mut line = one(&capture(json, || as_bob(event)));
    assert_eq!(line["context"].take(), json!({"USER": "bob", "REQUEST_ID": 7}));
    line.as_object_mut().unwrap().remove("context");
    let without = one(&capture(|writer| plain!(writer).json().finish(), || as_bob(event)));
    assert_eq!(line, without);
}

#[test]
fn a_span_keeps_what_was_current_at_its_creation() {
    let body = || {
        let outer = USER.sync_scope("alice", || info_span!("request", path = "/"));
        outer.in_scope(|| as_bob(|| info_span!("query").in_scope(|| info!("loaded"))));
    };
    let line = one(&capture(json, body));
    let outer = json!({"name": "request", "path": "/", "context": {"USER": "alice"}});
    let inner = json!({"name": "query", "context": {"USER": "bob", "REQUEST_ID": 7}});
    assert_eq!(line["span"], inner);
    assert_eq!(line["spans"], json!([outer, inner]));
    assert_eq!(line["context"], json!({"USER": "bob", "REQUEST_ID": 7}));
}

#[test]
fn what_is_recorded_later_adds_no_variables() {
    let body = || {
        let span = USER.sync_scope("alice", || info_span!("request", rows = Empty));
        as_bob(|| {
            span.record("rows", 3);
            span.in_scope(|| info!("loaded"));
        });
    };
    let line = one(&capture(json, body));
    assert_eq!(
        line["span"],
        json!({"name": "request", "rows": 3, "context": {"USER": "alice"}})
    );
}

#[test]
fn nothing_bound_changes_nothing() {
    let body = || info_span!("request", path = "/").in_scope(|| info!(rows = 1, "loaded"));
    let without = capture(|writer| plain!(writer).json().finish(), body).text();
    assert_eq!(capture(json, body).text(), without);
}

#[test]
fn settings_of_the_format_are_kept() {
    let subscriber = |writer| {
        let own = plain!(writer).json().flatten_event(true);
        own.with_current_span(false)
            .with_span_list(false)
            .with_variables(fields())
            .finish()
    };
    let body = || as_bob(|| info_span!("request").in_scope(|| info!(rows = 1, "loaded")));
    let expected = json!({
        "level": "INFO", "message": "loaded", "rows": 1, "context": {"USER": "bob", "REQUEST_ID": 7},
    });
    assert_eq!(one(&capture(subscriber, body)), expected);
}

/// An event's own field of the name stays, where fields are flattened. Where not, it is in no one's way.
#[test]
fn a_member_of_the_same_name_is_kept() {
    let event = || as_bob(|| info!(context = "own", context_ = "own too", "loaded"));

    let flat = |writer| {
        plain!(writer)
            .json()
            .flatten_event(true)
            .with_variables(fields())
            .finish()
    };
    let captured = capture(flat, event);
    let line = one(&captured);
    assert_eq!(
        (&line["context"], &line["context_"]),
        (&json!("own"), &json!("own too"))
    );
    assert_eq!(line["context__"], json!({"USER": "bob", "REQUEST_ID": 7}));
    assert_eq!(captured.text().matches("\"context\":").count(), 1);

    let line = one(&capture(json, event));
    assert_eq!(line["fields"]["context"], "own");
    assert_eq!(line["context"], json!({"USER": "bob", "REQUEST_ID": 7}));

    let body = || as_bob(|| info_span!("request", context = "own").in_scope(|| info!("loaded")));
    let line = one(&capture(json, body));
    assert_eq!(
        (&line["span"]["context"], &line["span"]["context_"]["USER"]),
        (&json!("own"), &json!("bob"))
    );
}

/// What looks like the member inside a string is none.
#[test]
fn only_a_member_takes_the_name() {
    let message = r#"{"context":{"USER":"root"}} and "context": \" "#;
    let flat = |writer| {
        plain!(writer)
            .json()
            .flatten_event(true)
            .with_variables(fields())
            .finish()
    };
    let line = one(&capture(flat, || as_bob(|| info!(context_free = message, "{message}"))));
    assert_eq!(
        (&line["message"], &line["context_free"]),
        (&json!(message), &json!(message))
    );
    assert_eq!(line["context"]["USER"], "bob");
}

#[test]
fn the_member_has_the_name_that_it_is_given() {
    #[context_var]
    static TENANT: u32 = 3;

    let subscriber = |writer| {
        let fields = fields().with_name("tenant \"id\"", &TENANT).json_key("who");
        plain!(writer).json().with_variables(fields).finish()
    };
    let line = one(&capture(subscriber, || info!("loaded")));
    assert_eq!(line["who"], json!({"tenant \"id\"": 3}));
}
