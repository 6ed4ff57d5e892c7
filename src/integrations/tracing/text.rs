//! The formats "full" and "compact", and the fields of "pretty": the variables come after the other fields.

use std::fmt::{self, Write as _};

use tracing_core::field::{Field, Visit};
use tracing_core::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::{FormatFields, FormattedFields, format::Writer};

use crate::integrations::context_fields::ContextFields;
use crate::integrations::field_value::FieldValue;
use contextvars_core::Shown;

/// A [`FormatFields`] for text that adds variables. It is made by [`ContextFields::in_text`].
#[derive(Debug)]
pub struct InText<N> {
    inner: N,
    fields: ContextFields,
    style: &'static Style,
}

impl<N> InText<N> {
    pub(super) fn new(inner: N, fields: ContextFields, style: &'static Style) -> Self {
        Self { inner, fields, style }
    }
}

impl<'writer, N> FormatFields<'writer> for InText<N>
where
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let before = if is_empty(&fields) { "" } else { self.style.separator };
        self.inner.format_fields(writer.by_ref(), fields)?;
        self.style.write(&self.fields, &mut writer, before)
    }

    /// A span shows the variables of its creation: fields that are recorded later add none.
    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        if !current.fields.is_empty() && !is_empty(fields) {
            current.fields.push_str(self.style.separator);
        }
        self.inner.format_fields(current.as_writer(), fields)
    }
}

/// How a format writes names and values.
#[derive(Debug)]
pub(super) struct Style {
    separator: &'static str,
    assign: &'static str,
    name_colour: &'static str,
    assign_colour: &'static str,
}

/// The style in which `tracing-subscriber` writes fields in "full" and "compact".
pub(super) const TEXT: &Style = &Style {
    separator: " ",
    assign: "=",
    name_colour: ITALIC,
    assign_colour: DIMMED,
};

/// The style in which it writes them in "pretty".
pub(super) const PRETTY: &Style = &Style {
    separator: ", ",
    assign: ": ",
    name_colour: BOLD,
    assign_colour: "",
};

const BOLD: &str = "\x1b[1m";
const DIMMED: &str = "\x1b[2m";
const ITALIC: &str = "\x1b[3m";
const RESET: &str = "\x1b[0m";

impl Style {
    /// Writes the variables that have values, with `before` before the first.
    pub(super) fn write(&self, fields: &ContextFields, writer: &mut Writer<'_>, before: &str) -> fmt::Result {
        let mut before = before;
        let mut result = Ok(());
        fields.each(&mut |name, value| {
            if result.is_ok() {
                result = self.write_one(writer, before, name, value);
                before = self.separator;
            }
        });
        result
    }

    fn write_one(&self, writer: &mut Writer<'_>, before: &str, name: &str, value: Shown<'_>) -> fmt::Result {
        writer.write_str(before)?;
        write_coloured(writer, self.name_colour, name)?;
        write_coloured(writer, self.assign_colour, self.assign)?;
        match FieldValue::of(value) {
            FieldValue::Other if !value.is_redacted() => self.write_other(writer, value),
            _ => write!(writer, "{value:?}"),
        }
    }

    /// A `Debug` may write anything. Output that could be read as another field or another line is quoted.
    fn write_other(&self, writer: &mut Writer<'_>, value: Shown<'_>) -> fmt::Result {
        let mut text = String::new();
        if write!(text, "{value:?}").is_err() {
            text += "<error>";
        }
        if self.is_plain(&text) {
            writer.write_str(&text)
        } else {
            write!(writer, "{text:?}")
        }
    }

    fn is_plain(&self, text: &str) -> bool {
        let quotes = text.matches('"').count();
        let is_closed = quotes == 0 || (quotes % 2 == 0 && !text.contains('\\'));
        is_closed && !text.contains(self.assign) && !text.contains(char::is_control)
    }
}

fn write_coloured(writer: &mut Writer<'_>, colour: &str, text: &str) -> fmt::Result {
    if colour.is_empty() || !writer.has_ansi_escapes() {
        return writer.write_str(text);
    }
    writer.write_str(colour)?;
    writer.write_str(text)?;
    writer.write_str(RESET)
}

/// Whether a formatter has nothing to write for these fields.
fn is_empty(fields: &impl RecordFields) -> bool {
    struct IsEmpty(bool);
    impl Visit for IsEmpty {
        fn record_debug(&mut self, field: &Field, _: &dyn fmt::Debug) {
            // Events from the `log` crate have these fields for metadata, and formatters leave them out.
            self.0 &= field.name().starts_with("log.");
        }
    }
    let mut visitor = IsEmpty(true);
    fields.record(&mut visitor);
    visitor.0
}
