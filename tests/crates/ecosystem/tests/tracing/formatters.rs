//! Formatters that a program brings along.

use std::fmt;

use contextvars::tracing::WithVariables;
use serde_json::json;
use tracing::{Event, Subscriber, info, info_span};
use tracing_subscriber::field::{MakeExt, RecordFields};
use tracing_subscriber::fmt::format::{DefaultFields, FormatEvent, FormatFields, Writer, debug_fn};
use tracing_subscriber::fmt::{FmtContext, time::FormatTime};
use tracing_subscriber::registry::LookupSpan;

use crate::captured::{Captured, capture, plain};
use crate::{USER, fields};

/// Writes events as a function says.
struct Own<F>(F);

impl<S, N, F> FormatEvent<S, N> for Own<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: Fn(&FmtContext<'_, S, N>, Writer<'_>, &Event<'_>) -> fmt::Result,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        self.0(ctx, writer, event)
    }
}

fn as_alice(captured: impl FnOnce(Captured) -> Box<dyn Subscriber + Send + Sync>) -> Captured {
    capture(captured, || {
        USER.sync_scope("alice", || {
            info_span!("request", path = "/").in_scope(|| info!(rows = 1, "loaded"));
        });
    })
}

#[test]
fn one_that_formats_fields_needs_no_more() {
    let shown = as_alice(|writer| {
        let own = Own(
            |ctx: &FmtContext<'_, _, _>, mut writer: Writer<'_>, event: &Event<'_>| {
                writer.write_str("own: ")?;
                ctx.format_fields(writer.by_ref(), event)?;
                writer.write_char('\n')
            },
        );
        Box::new(
            plain!(writer)
                .fmt_fields(fields().in_text(DefaultFields::new()))
                .event_format(own)
                .finish(),
        )
    });
    assert_eq!(shown.text(), "own: loaded rows=1 USER=\"alice\"\n");
}

#[test]
fn one_that_does_not_writes_the_variables_itself() {
    let shown = as_alice(|writer| {
        let fields = fields();
        let own = Own(
            move |_: &FmtContext<'_, _, DefaultFields>, mut writer: Writer<'_>, event: &Event<'_>| {
                write!(writer, "{} [", event.metadata().name().starts_with("event"))?;
                fields.write_to(&mut writer)?;
                writeln!(writer, "]")
            },
        );
        Box::new(plain!(writer).event_format(own).finish())
    });
    assert_eq!(shown.text(), "true [USER=\"alice\"]\n");
}

#[test]
fn fields_in_a_format_of_their_own() {
    let shown = as_alice(|writer| {
        let own = debug_fn(|writer, field, value| write!(writer, "[{field}:{value:?}]")).delimited(", ");
        Box::new(plain!(writer).fmt_fields(fields().in_text(own)).finish())
    });
    let expected = " INFO request{[path:\"/\"] USER=\"alice\"}: [message:loaded], [rows:1] USER=\"alice\"\n";
    assert_eq!(shown.text(), expected);
}

/// What is no object is written as it is.
#[test]
fn json_of_another_shape() {
    for (written, expected) in [
        ("{}\n", "{\"context\":{\"USER\":\"alice\"}}\n"),
        ("{ }", "{ \"context\":{\"USER\":\"alice\"}}"),
        (
            "{\"a\":{\"context\":1}}\r\n",
            "{\"a\":{\"context\":1},\"context\":{\"USER\":\"alice\"}}\r\n",
        ),
        (
            "{\"context\" : 1}",
            "{\"context\" : 1,\"context_\":{\"USER\":\"alice\"}}",
        ),
        ("[1, 2]\n", "[1, 2]\n"),
        ("é: no JSON at all }", "é: no JSON at all }"),
        ("{", "{"),
        ("", ""),
    ] {
        let shown = as_alice(|writer| {
            let own = Own(
                move |_: &FmtContext<'_, _, DefaultFields>, mut writer: Writer<'_>, _: &Event<'_>| {
                    writer.write_str(written)
                },
            );
            Box::new(plain!(writer).event_format(fields().in_json(own)).finish())
        });
        assert_eq!(shown.text(), expected);
    }
}

/// A formatter that fails writes nothing, with variables or without.
#[test]
fn one_that_fails() {
    struct Fails;
    impl<'writer> FormatFields<'writer> for Fails {
        fn format_fields<R: RecordFields>(&self, _: Writer<'writer>, _: R) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    let shown = as_alice(|writer| {
        Box::new(
            plain!(writer)
                .log_internal_errors(false)
                .fmt_fields(fields().in_text(Fails))
                .finish(),
        )
    });
    assert_eq!(shown.text(), "");
}

/// Settings that name a type of their own are made first.
#[test]
fn timers_are_kept() {
    #[derive(Clone)]
    struct Noon;
    impl FormatTime for Noon {
        fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
            writer.write_str("noon")
        }
    }
    let noon = |writer| {
        tracing_subscriber::fmt()
            .with_writer(writer)
            .with_ansi(false)
            .with_target(false)
            .with_timer(Noon)
    };
    let text = as_alice(|writer| Box::new(noon(writer).with_variables(fields()).finish()));
    assert!(text.text().starts_with("noon  INFO request"), "{}", text.text());
    let pretty = as_alice(|writer| Box::new(noon(writer).pretty().with_variables(fields()).finish()));
    assert!(pretty.text().starts_with("  noon  INFO  loaded"), "{}", pretty.text());
    let json = as_alice(|writer| Box::new(noon(writer).json().with_variables(fields()).finish()));
    assert_eq!(
        (&json.json()[0]["timestamp"], &json.json()[0]["context"]),
        (&json!("noon"), &json!({"USER": "alice"}))
    );
}
