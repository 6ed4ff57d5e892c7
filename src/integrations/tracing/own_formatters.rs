//! Methods for formatters that are not `tracing-subscriber`'s own.

use std::fmt;

use tracing_subscriber::fmt::format::Writer;
#[cfg(doc)]
use tracing_subscriber::fmt::{FormatEvent, FormatFields};

use super::json::InJson;
use super::text::{InText, TEXT};
use crate::integrations::context_fields::ContextFields;

/// For formatters of your own.
impl ContextFields {
    /// Wraps a [`FormatFields`] for text: the variables come after the fields.
    ///
    /// That is enough for an event format that calls `ctx.format_fields(..)`.
    ///
    /// ```
    /// use contextvars::tracing::ContextFields;
    /// use tracing_subscriber::fmt::format::debug_fn;
    /// # use contextvars::context_var;
    /// # #[context_var] static USER: String;
    ///
    /// let fields = ContextFields::new().with(&USER);
    /// let own = debug_fn(|writer, field, value| write!(writer, "[{field}] {value:?} "));
    /// let subscriber = tracing_subscriber::fmt().fmt_fields(fields.in_text(own)).finish();
    /// # drop(subscriber);
    /// ```
    #[must_use]
    pub fn in_text<N>(self, inner: N) -> InText<N> {
        InText::new(inner, self, TEXT)
    }

    /// Wraps a [`FormatFields`] or a [`FormatEvent`] that writes JSON objects: the variables are a member of each.
    ///
    /// A line that is no JSON object is written as it is.
    ///
    /// ```
    /// use contextvars::tracing::ContextFields;
    /// use tracing_subscriber::fmt::format::{JsonFields, format};
    /// # use contextvars::context_var;
    /// # #[context_var] static USER: String;
    ///
    /// let fields = ContextFields::new().with(&USER);
    /// let subscriber = tracing_subscriber::fmt()
    ///     .fmt_fields(fields.clone().in_json(JsonFields::new()))
    ///     .event_format(fields.in_json(format().json()))
    ///     .finish();
    /// # drop(subscriber);
    /// ```
    #[must_use]
    pub fn in_json<I>(self, inner: I) -> InJson<I> {
        InJson::new(inner, self)
    }

    /// Writes the variables as text: `USER="alice" ATTEMPT=1`.
    ///
    /// ```
    /// use contextvars::tracing::ContextFields;
    /// use tracing_subscriber::fmt::format::Writer;
    /// # use contextvars::context_var;
    ///
    /// #[context_var]
    /// static USER: &'static str = "nobody";
    ///
    /// let mut line = String::new();
    /// ContextFields::new().with(&USER).write_to(&mut Writer::new(&mut line)).unwrap();
    /// assert_eq!(line, r#"USER="nobody""#);
    /// ```
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn write_to(&self, writer: &mut Writer<'_>) -> fmt::Result {
        TEXT.write(self, writer, "")
    }
}
