//! The format "json": the variables are a member of each event and each span.

use std::fmt::{self, Write as _};
use std::mem;

use tracing_core::span::Record;
use tracing_core::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use super::json_object::free_key;
use crate::integrations::context_fields::ContextFields;
use crate::integrations::field_value::FieldValue;
use contextvars_core::Shown;

/// A formatter of events or fields as JSON objects, which adds the variables as a member of each object. It is made by
/// [`ContextFields::in_json`].
#[derive(Debug)]
pub struct InJson<I> {
    inner: I,
    fields: ContextFields,
}

impl<I> InJson<I> {
    pub(super) fn new(inner: I, fields: ContextFields) -> Self {
        Self { inner, fields }
    }
}

impl<S, N, I> FormatEvent<S, N> for InJson<I>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    I: FormatEvent<S, N>,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = String::with_capacity(512);
        self.inner.format_event(ctx, Writer::new(&mut line), event)?;
        add_to(&mut line, &self.fields);
        writer.write_str(&line)
    }
}

impl<'writer, I> FormatFields<'writer> for InJson<I>
where
    I: for<'a> FormatFields<'a> + 'static,
{
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut object = String::new();
        self.inner.format_fields(Writer::new(&mut object), fields)?;
        add_to(&mut object, &self.fields);
        writer.write_str(&object)
    }

    /// A span shows the variables of its creation: fields that are recorded later add none.
    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let mut inner = FormattedFields::<I>::new(mem::take(&mut current.fields));
        let result = self.inner.add_fields(&mut inner, fields);
        current.fields = inner.fields;
        result
    }
}

/// Adds the variables to a JSON object. Other text stays as it is.
fn add_to(text: &mut String, fields: &ContextFields) {
    let object = text.trim_end();
    let Some(open) = object.strip_suffix('}').filter(|open| open.starts_with('{')) else {
        return;
    };
    let has_members = open.trim_end().len() > 1;
    let key = free_key(object, fields.key());
    let (open, end) = (open.len(), text.split_off(open.len()));

    fields.each(&mut |name, value| {
        if text.len() > open {
            text.push(',');
        } else {
            text.push_str(if has_members { "," } else { "" });
            push_quoted(text, &key);
            text.push_str(":{");
        }
        push_quoted(text, name);
        text.push(':');
        push_value(text, value);
    });

    if text.len() > open {
        text.push('}');
    }
    text.push_str(&end);
}

fn push_value(json: &mut String, value: Shown<'_>) {
    match FieldValue::of(value) {
        FieldValue::Str(text) => push_quoted(json, text),
        FieldValue::Char(char) => push_quoted(json, char),
        FieldValue::Bool(bool) => push(json, bool),
        FieldValue::Signed(number) => push(json, number),
        FieldValue::Unsigned(number) => push(json, number),
        // Readers of JSON make a float of a wider number: in a string, no digit is lost.
        FieldValue::SignedWide(number) if i64::try_from(number).is_ok() => push(json, number),
        FieldValue::UnsignedWide(number) if u64::try_from(number).is_ok() => push(json, number),
        FieldValue::SignedWide(number) => push_quoted(json, number),
        FieldValue::UnsignedWide(number) => push_quoted(json, number),
        // `Debug` writes exponents, `Display` does not.
        FieldValue::Single(number) if number.is_finite() => push(json, format_args!("{number:?}")),
        FieldValue::Double(number) if number.is_finite() => push(json, format_args!("{number:?}")),
        FieldValue::Single(_) | FieldValue::Double(_) | FieldValue::Other => {
            push_quoted(json, format_args!("{value:?}"));
        }
    }
}

fn push(json: &mut String, value: impl fmt::Display) {
    write!(json, "{value}").expect("a String takes it");
}

fn push_quoted(json: &mut String, value: impl fmt::Display) {
    json.push('"');
    if write!(Escaped(json), "{value}").is_err() {
        // A `Debug` that fails must not fail the whole line.
        json.push_str("<error>");
    }
    json.push('"');
}

/// Writes what is between the quotes of a JSON string.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let Self(json) = self;
        let mut rest = text;
        while let Some((plain, after)) = rest.find(needs_escape).map(|at| rest.split_at(at)) {
            json.push_str(plain);
            let mut chars = after.chars();
            match chars.next() {
                Some('\n') => json.push_str("\\n"),
                Some(char @ ('"' | '\\')) => json.extend(['\\', char]),
                other => other
                    .into_iter()
                    .try_for_each(|char| write!(json, "\\u{:04x}", u32::from(char)))?,
            }
            rest = chars.as_str();
        }
        json.push_str(rest);
        Ok(())
    }
}

/// JSON requires it for quotes, backslashes and the first 32 characters. The others end a line or control a terminal if
/// a reader shows them as they are.
fn needs_escape(char: char) -> bool {
    matches!(char, '"' | '\\' | '\u{2028}' | '\u{2029}') || char.is_control()
}
