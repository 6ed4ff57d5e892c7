//! What a user types in reaches the log as a value, and as nothing else.

use std::fmt;

use contextvars::tracing::{ContextFields, WithVariables};
use contextvars::{context_var, with_context};
use serde_json::json;
use tracing::{info, info_span};

use crate::captured::{capture, plain};

#[context_var]
static NAME: String;
/// Its `Debug` writes the name as it is.
#[context_var]
static RAW: Raw;
#[context_var]
static ADMIN: bool = false;

struct Raw(&'static str);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

const FORGED: [&str; 10] = [
    "al ADMIN=true",
    "al, ADMIN: true",
    "\"al",
    r#""\""#,
    "al\" ADMIN=true \"",
    "al\n INFO all is well ADMIN=true",
    "al\r\x1b[2K\u{9b}2K INFO all is well",
    "al\", ADMIN: true, \"",
    "al\",\"ADMIN\":true,\"\\",
    "al\"}}\n{\"level\":\"INFO\",\"context\":{\"ADMIN\":true}}",
];

fn fields() -> ContextFields {
    ContextFields::new().with(&NAME).with(&RAW).with(&ADMIN)
}

#[with_context(NAME = name.to_owned(), RAW = Raw(name))]
fn log(name: &'static str) {
    info_span!("request").in_scope(|| info!("signed in"));
}

/// The line without what is between quotes.
fn unquoted(line: &str) -> String {
    let mut text = line.replace("\\\\", "").replace("\\\"", "");
    while let Some(start) = text.find('"') {
        let end = start + 1 + text[start + 1..].find('"').expect("quotes are closed");
        text.replace_range(start..=end, "_");
    }
    text
}

#[test]
fn no_value_forges_a_line_or_a_field_of_text() {
    for name in FORGED {
        let full = |writer| plain!(writer).with_variables(fields()).finish();
        let compact = |writer| plain!(writer).compact().with_variables(fields()).finish();
        for shown in [capture(full, || log(name)), capture(compact, || log(name))] {
            let shown = shown.text();
            assert_eq!(shown.lines().count(), 1, "{shown}");
            assert!(!shown.trim_end().contains(char::is_control), "{shown:?}");
            let fields = unquoted(&shown);
            assert_eq!(
                fields.matches("ADMIN=").count(),
                2,
                "the event's and the span's: {shown}"
            );
            assert!(!fields.contains("ADMIN=true"), "{shown}");
        }
    }
}

#[test]
fn no_value_forges_a_line_or_a_field_of_pretty() {
    let subscriber = |writer| plain!(writer).pretty().with_variables(fields()).finish();
    let innocent = capture(subscriber, || log("alice")).text();
    for name in FORGED {
        let shown = capture(subscriber, || log(name)).text();
        assert_eq!(shown.lines().count(), innocent.lines().count(), "{shown}");
        assert!(!unquoted(&shown).contains("ADMIN: true"), "{shown}");
    }
}

/// A name and a `Debug` come back from JSON as they were.
#[test]
fn json_gives_back_what_was_put_in() {
    let subscriber = |writer| plain!(writer).json().with_variables(fields()).finish();
    for name in FORGED {
        let captured = capture(subscriber, || log(name));
        let lines = captured.json();
        assert_eq!(lines.len(), 1, "{}", captured.text());
        let expected = json!({"NAME": name, "RAW": name, "ADMIN": false});
        assert_eq!(
            (&lines[0]["context"], &lines[0]["span"]["context"]),
            (&expected, &expected)
        );
        assert!(
            !captured
                .text()
                .trim_end()
                .contains(|char: char| char.is_ascii_control()),
            "{}",
            captured.text()
        );
    }
}
