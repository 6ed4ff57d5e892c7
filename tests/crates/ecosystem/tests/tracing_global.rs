//! A `Debug` or a default that logs: only a global subscriber sees what is emitted while it formats, a scoped one is
//! skipped by `tracing` then.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Write};
use std::sync::Once;

use contextvars::context_var;
use contextvars::tracing::{ContextFields, WithVariables};
use serde_json::{Value, json};
use tracing::{info, info_span};
use tracing_subscriber::{fmt::layer, prelude::*, registry};

#[context_var]
static ID: u64;
#[context_var]
static LOGS: Logs;
#[context_var]
static SHOWN: u32 = {
    info!("loading");
    3
};

struct Logs;

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info_span!("debug").in_scope(|| info!("from inside"));
        f.write_str("logs")
    }
}

thread_local! {
    /// What this thread has logged, in text and in JSON.
    static OUTPUT: RefCell<[Vec<u8>; 2]> = RefCell::default();
}

struct Output(usize);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        OUTPUT.with_borrow_mut(|output| output[self.0].write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `body` logs, in text and the variables of each line in JSON.
fn logged(body: impl FnOnce()) -> (Vec<String>, Vec<Value>) {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        let fields = ContextFields::new().with(&LOGS).with(&ID).with(&SHOWN);
        let text = layer()
            .with_writer(|| Output(0))
            .with_ansi(false)
            .without_time()
            .with_target(false);
        let json = layer().json().with_writer(|| Output(1));
        registry()
            .with(text.with_variables(fields.clone()))
            .with(json.with_variables(fields))
            .init();
    });

    body();
    let lines = OUTPUT.take().map(|bytes| String::from_utf8(bytes).expect("it is text"));
    let [text, json] = lines.each_ref().map(|text| text.lines());
    let parse = |line| serde_json::from_str::<Value>(line).expect("it is JSON")["context"].take();
    (
        text.map(|line| line.replace(" INFO ", "")).collect(),
        json.map(parse).collect(),
    )
}

/// What it logs shows no variables, so that it ends; what is logged next shows them again.
#[test]
fn a_debug_that_logs() {
    let (text, json) = logged(|| {
        SHOWN.with(|_| OUTPUT.take());
        ID.sync_scope(7, || {
            let body = || {
                info!("one");
                info!("two");
            };
            LOGS.sync_scope(Logs, body);
        });
    });
    // Each layer formats each event, and shows what the `Debug` logs for the other.
    let variables = "LOGS=logs ID=7 SHOWN=3";
    let [one, two] = ["one", "two"].map(|event| format!("{event} {variables}"));
    let inside = "debug: from inside";
    assert_eq!(text, [inside, &one, inside, inside, &two, inside]);
    let variables = json!({"LOGS": "logs", "ID": 7, "SHOWN": 3});
    let expected = [
        &Value::Null,
        &Value::Null,
        &variables,
        &Value::Null,
        &Value::Null,
        &variables,
    ];
    assert_eq!(json.iter().collect::<Vec<_>>(), expected);
}

/// `tracing-subscriber` has the new span locked meanwhile.
#[test]
fn a_debug_that_logs_while_a_span_is_made() {
    let (text, _) = logged(|| {
        let body = || info_span!("outer").in_scope(|| info_span!("inner").in_scope(|| info!("event")));
        LOGS.sync_scope(Logs, body);
    });
    let (event, _) = text.iter().partition::<Vec<_>, _>(|line| line.contains("event"));
    let [event] = <[&String; 1]>::try_from(event).expect("one line");
    assert!(event.starts_with("outer{LOGS=logs "), "{event}");
    assert!(event.contains("}:inner{LOGS=logs "), "{event}");
}

/// Evaluated because the log shows it.
#[test]
fn a_default_that_logs_is_shown() {
    let (text, json) = logged(|| info!("event"));
    let event = text.iter().find(|line| line.starts_with("event")).expect("it is there");
    assert!(event.contains(" SHOWN=3"), "{event}");
    assert_eq!(json.last().expect("it is there")["SHOWN"], 3);
}
