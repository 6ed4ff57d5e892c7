//! The format "pretty": the variables have a line of their own in each event.

use std::fmt;

use tracing_core::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::text::PRETTY;
use crate::integrations::context_fields::ContextFields;

/// The event format "pretty" with the variables in a line of their own. It is made by
/// [`with_variables`](super::WithVariables::with_variables).
#[derive(Debug)]
pub struct InPretty<L, T> {
    // Two formats, since they write into a `Writer` made here, and only `tracing-subscriber` can make one with colours.
    plain: Format<L, T>,
    coloured: Format<L, T>,
    fields: ContextFields,
}

impl<L: Clone, T: Clone> InPretty<L, T> {
    pub(super) fn new(inner: Format<L, T>, fields: ContextFields) -> Self {
        Self {
            plain: inner.clone().with_ansi(false),
            coloured: inner.with_ansi(true),
            fields,
        }
    }
}

impl<S, N, L, T> FormatEvent<S, N> for InPretty<L, T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    Format<L, T>: FormatEvent<S, N>,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let (inner, before) = if writer.has_ansi_escapes() {
            (&self.coloured, "\n    \x1b[2;3mwith\x1b[0m ")
        } else {
            (&self.plain, "\n    with ")
        };
        let mut lines = Lines {
            writer: writer.by_ref(),
            held: 0,
        };
        inner.format_event(ctx, Writer::new(&mut lines), event)?;
        let end = lines.held;
        PRETTY.write(&self.fields, &mut writer, before)?;
        write_newlines(&mut writer, end)
    }
}

/// A writer that holds back the newlines at the end.
struct Lines<'a> {
    writer: Writer<'a>,
    held: usize,
}

impl fmt::Write for Lines<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let body = text.trim_end_matches('\n');
        if !body.is_empty() {
            write_newlines(&mut self.writer, std::mem::take(&mut self.held))?;
            self.writer.write_str(body)?;
        }
        self.held += text.len() - body.len();
        Ok(())
    }
}

fn write_newlines(writer: &mut Writer<'_>, count: usize) -> fmt::Result {
    (0..count).try_for_each(|_| writer.write_char('\n'))
}
