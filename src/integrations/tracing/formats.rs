//! The formats of `tracing-subscriber`, each with the formatters of this crate that wrap it.

use std::fmt;

use tracing_core::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Compact, DefaultFields, Format, Full, Json, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::json::InJson;
use super::pretty::InPretty;
use super::text::{InText, PRETTY, TEXT};
use crate::integrations::context_fields::ContextFields;

/// An event format of `tracing-subscriber` ("full", "compact", "pretty" or "json") that shows variables. `N` is its
/// format of fields.
///
/// For formats of your own there are [`ContextFields::in_text`], [`in_json`](ContextFields::in_json) and
/// [`write_to`](ContextFields::write_to).
#[diagnostic::on_unimplemented(
    message = "`{Self}` with fields in `{N}` is none of the formats full, compact, pretty and json of `tracing-subscriber`",
    note = "call `with_variables` once, after all other settings of the format",
    note = "for formats of your own there are `ContextFields::in_text`, `in_json` and `write_to`"
)]
pub trait Dress<N>: sealed::Sealed {
    /// Formats fields, and the variables after them.
    type Fields;
    /// Formats events, and the variables with them.
    type Event;

    #[doc(hidden)]
    fn fields(inner: N, fields: ContextFields) -> Self::Fields;

    #[doc(hidden)]
    fn event(self, fields: ContextFields) -> Self::Event;
}

// These formats write the fields of an event by the format of fields, so only that is wrapped.
macro_rules! text {
    ($($format:ty),*) => {
        $(
            impl<T> Dress<DefaultFields> for Format<$format, T> {
                type Fields = InText<DefaultFields>;
                type Event = Dressed<Self>;

                fn fields(inner: DefaultFields, fields: ContextFields) -> Self::Fields {
                    InText::new(inner, fields, TEXT)
                }

                fn event(self, _: ContextFields) -> Self::Event {
                    Dressed(self)
                }
            }
        )*
    };
}

text!(Full, Compact);

impl<T> Dress<JsonFields> for Format<Json, T> {
    type Fields = InJson<JsonFields>;
    type Event = InJson<Self>;

    fn fields(inner: JsonFields, fields: ContextFields) -> Self::Fields {
        InJson::new(inner, fields)
    }

    fn event(self, fields: ContextFields) -> Self::Event {
        InJson::new(self, fields)
    }
}

/// For `Pretty`, the only type that formats both events and fields. It can't be named here: that needs the feature
/// `ansi` of `tracing-subscriber`, which would switch on colours in programs that have none.
impl<L: Clone, T: Clone> Dress<L> for Format<L, T> {
    type Fields = InText<L>;
    type Event = InPretty<L, T>;

    fn fields(inner: L, fields: ContextFields) -> Self::Fields {
        InText::new(inner, fields, PRETTY)
    }

    fn event(self, fields: ContextFields) -> Self::Event {
        InPretty::new(self, fields)
    }
}

/// An event format without the methods that would replace its format of fields, such as `json()`.
#[derive(Clone, Debug)]
pub struct Dressed<E>(E);

impl<S, N, E> FormatEvent<S, N> for Dressed<E>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    E: FormatEvent<S, N>,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        self.0.format_event(ctx, writer, event)
    }
}

mod sealed {
    pub trait Sealed {}
    impl<L, T> Sealed for super::Format<L, T> {}
}
