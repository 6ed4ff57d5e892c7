//! R8: a `Debug` that sets variables, fails or panics. One that logs is in a binary of its own: `tracing_global`.

use std::fmt;
use std::panic;

use contextvars::tracing::{ContextFields, WithVariables};
use contextvars::{Context, context_var};
use serde_json::json;
use tracing::{info, info_span};

use crate::captured::{capture, plain};
use crate::{REQUEST_ID, USER};

/// What the `Debug` does.
#[derive(Clone, Copy)]
struct Acts(fn(&mut fmt::Formatter<'_>) -> fmt::Result);

impl fmt::Debug for Acts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

#[context_var]
static ACTS: Acts;

fn fields() -> ContextFields {
    ContextFields::new().with(&USER).with(&ACTS).with(&REQUEST_ID)
}

fn text(act: fn(&mut fmt::Formatter<'_>) -> fmt::Result, body: fn()) -> Vec<String> {
    let subscriber = |writer| plain!(writer).with_variables(fields()).finish();
    let captured = capture(subscriber, || {
        Context::new().with(&ACTS, Acts(act)).with(&REQUEST_ID, 7).run(body);
    });
    captured.text().lines().map(|line| line.replace(" INFO ", "")).collect()
}

fn json(act: fn(&mut fmt::Formatter<'_>) -> fmt::Result, body: fn()) -> Vec<serde_json::Value> {
    let subscriber = |writer| plain!(writer).json().with_variables(fields()).finish();
    capture(subscriber, || {
        Context::new().with(&ACTS, Acts(act)).with(&REQUEST_ID, 7).run(body);
    })
    .json()
}

#[test]
fn a_debug_that_sets_and_unsets() {
    fn sets(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = USER.set("debug");
        let acts = ACTS.unset();
        ACTS.set(Acts(|f| f.write_str("another")));
        drop((user, acts));
        f.write_str("sets")
    }
    let body = || {
        info!("one");
        info!("two");
    };
    assert_eq!(
        text(sets, body),
        [
            "one ACTS=sets REQUEST_ID=7",
            "two USER=\"debug\" ACTS=another REQUEST_ID=7"
        ]
    );
}

/// The line is there all the same.
#[test]
fn a_debug_that_fails() {
    fn fails(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("begun")?;
        Err(fmt::Error)
    }
    let body = || info_span!("span").in_scope(|| info!("event"));
    assert_eq!(
        text(fails, body),
        ["span{ACTS=begun<error> REQUEST_ID=7}: event ACTS=begun<error> REQUEST_ID=7"]
    );
    assert_eq!(
        json(fails, body)[0]["context"],
        json!({"ACTS": "begun<error>", "REQUEST_ID": 7})
    );
}

/// As a field's own `Debug` would, and no more: the next line has its variables.
#[test]
fn a_debug_that_panics() {
    fn panics(_: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("expected")
    }
    let body = || {
        panic::catch_unwind(|| info!("lost")).expect_err("it panics");
        ACTS.sync_scope(Acts(|f| f.write_str("calm")), || info!("next"));
    };
    let shown = text(panics, body);
    assert!(shown[0].ends_with("next ACTS=calm REQUEST_ID=7"), "{shown:?}");
    assert_eq!(
        json(panics, body)[0]["context"],
        json!({"ACTS": "calm", "REQUEST_ID": 7})
    );
}

/// Evaluated because the program reads it: what is logged in the middle of that can't show it yet.
#[test]
fn a_default_that_logs() {
    #[context_var]
    static CONFIG: u32 = {
        info!("loading");
        3
    };
    let subscriber = |writer| {
        plain!(writer)
            .with_variables(ContextFields::new().with(&CONFIG))
            .finish()
    };
    let captured = capture(subscriber, || {
        assert_eq!(CONFIG.get(), 3);
        info!("event");
    });
    assert_eq!(captured.text(), " INFO loading\n INFO event CONFIG=3\n");
}
