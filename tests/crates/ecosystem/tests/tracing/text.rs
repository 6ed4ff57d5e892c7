//! Full, compact and pretty.

use contextvars::tracing::{ContextFields, WithVariables};
use contextvars::{Context, context_var};
use tracing::field::Empty;
use tracing::{info, info_span};

use crate::captured::{Captured, capture, plain};
use crate::{REQUEST_ID, USER, fields};

fn full(writer: Captured) -> impl tracing::Subscriber + Send + Sync {
    plain!(writer).with_variables(fields()).finish()
}

fn compact(writer: Captured) -> impl tracing::Subscriber + Send + Sync {
    plain!(writer).compact().with_variables(fields()).finish()
}

fn pretty(writer: Captured) -> impl tracing::Subscriber + Send + Sync {
    let own = plain!(writer).pretty().with_file(false).with_line_number(false);
    own.with_variables(fields()).finish()
}

fn an_event() {
    info!(rows = 1, "loaded");
}

fn in_a_span() {
    let span = Context::new()
        .with(&USER, "alice")
        .run(|| info_span!("request", path = "/"));
    span.in_scope(an_event);
}

fn as_bob(f: fn()) -> impl FnOnce() {
    move || Context::new().with(&USER, "bob").with(&REQUEST_ID, 7).run(f)
}

#[test]
fn an_event_shows_what_is_current() {
    let shown = capture(full, as_bob(an_event)).text();
    assert_eq!(shown, " INFO loaded rows=1 USER=\"bob\" REQUEST_ID=7\n");
    let without = capture(|writer| plain!(writer).finish(), as_bob(an_event)).text();
    assert_eq!(without, " INFO loaded rows=1\n");
}

#[test]
fn an_event_shows_what_is_current_in_compact() {
    let shown = capture(compact, as_bob(an_event)).text();
    assert_eq!(shown, " INFO loaded rows=1 USER=\"bob\" REQUEST_ID=7\n");
}

#[test]
fn an_event_shows_what_is_current_in_pretty() {
    let shown = capture(pretty, as_bob(an_event)).text();
    assert_eq!(
        shown,
        "   INFO  loaded, rows: 1\n    with USER: \"bob\", REQUEST_ID: 7\n\n"
    );
}

/// An event shows where it is emitted, its span where it was created.
#[test]
fn a_span_keeps_what_was_current_at_its_creation() {
    let shown = capture(full, as_bob(in_a_span)).text();
    let expected = " INFO request{path=\"/\" USER=\"alice\"}: loaded rows=1 USER=\"bob\" REQUEST_ID=7\n";
    assert_eq!(shown, expected);
}

#[test]
fn a_span_keeps_what_was_current_at_its_creation_in_compact() {
    let shown = capture(compact, as_bob(in_a_span)).text();
    let expected = " INFO request:loaded rows=1 USER=\"bob\" REQUEST_ID=7 path=\"/\" USER=\"alice\"\n";
    assert_eq!(shown.replace(": ", ":"), expected);
}

#[test]
fn a_span_keeps_what_was_current_at_its_creation_in_pretty() {
    let shown = capture(pretty, as_bob(in_a_span)).text();
    let with = "    with USER: \"bob\", REQUEST_ID: 7\n\n";
    let span = "    in request with path: \"/\", USER: \"alice\"\n";
    assert_eq!(shown, format!("   INFO  loaded, rows: 1\n{span}{with}"));
}

/// The fields of a span that are recorded later come after its variables, which are those of before.
#[test]
fn what_is_recorded_later_adds_no_variables() {
    let body = || {
        let span = info_span!("request", rows = Empty);
        USER.sync_scope("bob", || {
            span.record("rows", 3);
            span.in_scope(|| info!("loaded"));
        });
    };
    let body = || USER.sync_scope("alice", body);
    let shown = capture(full, body).text();
    assert_eq!(shown, " INFO request{USER=\"alice\" rows=3}: loaded USER=\"bob\"\n");
    let shown = capture(pretty, body).text();
    assert!(shown.contains("request with USER: \"alice\", rows: 3\n"), "{shown}");
}

#[test]
fn fields_of_their_own_are_not_needed() {
    let body = || USER.sync_scope("alice", || info_span!("request").in_scope(|| info!("loaded")));
    let shown = capture(full, body).text();
    assert_eq!(shown, " INFO request{USER=\"alice\"}: loaded USER=\"alice\"\n");
}

#[test]
fn nothing_bound_changes_nothing() {
    for (with, without) in [
        (
            capture(full, in_no_context),
            capture(|writer| plain!(writer).finish(), in_no_context),
        ),
        (
            capture(compact, in_no_context),
            capture(|writer| plain!(writer).compact().finish(), in_no_context),
        ),
    ] {
        assert_eq!(with.text(), without.text());
    }
    assert!(!capture(pretty, in_no_context).text().contains("\n    with"));
}

fn in_no_context() {
    info_span!("request", path = "/").in_scope(|| info_span!("query").in_scope(an_event));
}

#[test]
fn a_default_shows_and_a_secret_does_not() {
    #[context_var]
    static ATTEMPT: u32 = 1;
    #[context_var(redact)]
    static PASSWORD: String;
    #[context_var]
    static UNBOUND: u32;

    let subscriber = |writer| {
        let fields = ContextFields::new()
            .with(&ATTEMPT)
            .with(&UNBOUND)
            .with_name("pass", &PASSWORD);
        plain!(writer).with_variables(fields).finish()
    };
    let shown = capture(subscriber, || PASSWORD.sync_scope("hunter2".to_owned(), an_event)).text();
    assert_eq!(shown, " INFO loaded rows=1 ATTEMPT=1 pass=<redacted>\n");
}

/// Names and signs look like those of the event's own fields.
#[test]
fn colours_are_those_of_the_format() {
    let body = || USER.sync_scope("bob", || info!(own = "x", "loaded"));

    let subscriber = |writer| plain!(writer).with_ansi(true).with_variables(fields()).finish();
    let shown = capture(subscriber, body).text();
    let own = shown.split_once("loaded ").unwrap().1;
    assert_eq!(
        own.replace("own", "USER").replace("\"x\"", "\"bob\""),
        format!("{0} {0}\n", user_in(own))
    );

    let subscriber = |writer| {
        plain!(writer)
            .with_ansi(true)
            .pretty()
            .with_variables(fields())
            .finish()
    };
    let shown = capture(subscriber, body).text();
    assert!(shown.contains("\x1b[32m"), "the event's own colours: {shown:?}");
    assert!(shown.contains("\x1b[1mUSER\x1b[0m: \"bob\""), "{shown:?}");
}

/// The last field of a line, as it is written.
fn user_in(line: &str) -> &str {
    line.trim_end().split_once(' ').unwrap().1
}

#[test]
#[should_panic(expected = "there is a field `USER` already: use `with_name` to give this one another name")]
fn two_fields_of_one_name_are_refused() {
    let _ = fields().with_name("USER", &REQUEST_ID);
}
