//! Variables in the output of `tracing-subscriber`: on every event and every span.
//!
//! It takes one call of [`with_variables`](WithVariables::with_variables) where logging is set up:
//!
//! ```
//! use contextvars::tracing::{ContextFields, WithVariables};
//! use contextvars::{context_var, with_context};
//! use tracing::info;
//!
//! #[context_var]
//! static REQUEST_ID: u64;
//! #[context_var]
//! static USER: String = "nobody".to_owned();
//!
//! #[with_context(REQUEST_ID = id)]
//! async fn handle(id: u64) {
//!     USER.set("alice".to_owned());
//!     load().await;
//! }
//!
//! async fn load() {
//!     info!(rows = 3, "loaded"); // no argument passed through
//! }
//!
//! # static OUTPUT: std::sync::Mutex<Vec<u8>> = std::sync::Mutex::new(Vec::new());
//! # struct Output;
//! # impl std::io::Write for Output {
//! #     fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> { OUTPUT.lock().unwrap().write(bytes) }
//! #     fn flush(&mut self) -> std::io::Result<()> { Ok(()) }
//! # }
//! tracing_subscriber::fmt()
//! #   .with_writer(|| Output).without_time().with_target(false).with_ansi(false)
//!     .with_variables(ContextFields::new().with(&REQUEST_ID).with(&USER))
//!     .init();
//! # futures::executor::block_on(handle(7));
//! # let line = " INFO loaded rows=3 REQUEST_ID=7 USER=\"alice\"\n";
//! # assert_eq!(String::from_utf8_lossy(&OUTPUT.lock().unwrap()), line);
//! ```
//!
//! `handle(7)` then logs
//!
//! ```text
//! INFO loaded rows=3 REQUEST_ID=7 USER="alice"
//! ```
//!
//! and with `fmt().json()`
//!
//! ```json
//! {"level":"INFO","fields":{"message":"loaded","rows":3},"context":{"REQUEST_ID":7,"USER":"alice"}}
//! ```
//!
//! # The rule
//!
//! - An **event** shows the values at the time it is emitted, in the context that emits it: in an awaited fn, in a task
//!   that inherits, on a thread with a [bound](fn@crate::bind) closure.
//! - A **span** shows the values at the time it was created, and keeps them. Entered in another context, it still shows
//!   the values of its creation, while the events in it show the current ones. Fields that are
//!   [recorded](https://docs.rs/tracing/0.1/tracing/struct.Span.html#method.record) later change nothing.
//! - The value that is set shows, else the default. A variable with neither is left out. One declared with `redact`
//!   shows `<redacted>`.
//!
//! # What to put in a variable, and what in a span field
//!
//! | | a variable | a span field |
//! | --- | --- | --- |
//! | who reads it | the code, with its type, and the log | the log alone |
//! | reaches | all that runs in the context, spawned tasks and threads if they inherit | what runs inside the span, where the span is carried along (`.instrument(span)`) |
//! | with the span filtered out by level | still there | gone |
//! | can change on the way | `set`, and back with a token | `record`, if declared `Empty` |
//! | how many | one per name, the latest | one per span, outer ones listed too |
//! | secret | `redact` | don't |
//!
//! So *who and for whom* (request id, user, tenant, locale) is a variable; *what and where* (the query, the row count,
//! the duration, the attempt) is a field of the span or the event. To move a request id from a span field to a variable
//! takes one line. Then log lines show it even if the span is filtered out.
//!
//! `#[instrument]` and `#[with_context]` go on one fn in either order. With `#[with_context(USER = ..)]`, the span of
//! that fn shows the `USER` that is set there.
//!
//! # Formats
//!
//! | | events | spans |
//! | --- | --- | --- |
//! | full, compact | after the event's own fields: `loaded rows=3 USER="alice"` | after the span's own: `request{path="/" USER="alice"}` |
//! | pretty | a line of their own: `    with USER: "alice"` | after the span's own |
//! | json | a member `"context"`, see [`json_key`](ContextFields::json_key); with `flatten_event` too | the same, in `span` and in each of `spans` |
//!
//! In JSON, these values are strings: `String`, `&'static str`, `Arc<str>`, `Box<str>`, `Cow<'static, str>` and `char`.
//! Integers, floats and `bool` are numbers and booleans; a number of 128 bits that does not fit in 64 is a string of
//! digits. Any other value is a string of its `Debug`.
//!
//! In text, strings are quoted and numbers are not, as in `tracing-subscriber`. The `Debug` of another value is quoted
//! only if it contains what could be read as another field or another line. So no value can forge one.
//!
//! # With layers, filters and formatters of your own
//!
//! [`fmt::layer()`](tracing_subscriber::fmt::layer) has `with_variables` too. The result is a layer like any other:
//! combine it with others, and give it filters. Call `with_variables` last, when the format has been chosen:
//! `.with_variables(..).json()` does not compile.
//!
//! For a [`FormatEvent`](tracing_subscriber::fmt::FormatEvent) of your own that calls `ctx.format_fields(..)`, wrap the
//! format of fields by [`in_text`](ContextFields::in_text). Any other one calls [`write_to`](ContextFields::write_to)
//! where the variables go. Wrap one that writes JSON by [`in_json`](ContextFields::in_json).
//!
//! Two `fmt` layers of the same types show the same span fields: `tracing-subscriber` formats the fields once for both,
//! by the first layer. Give both the same variables, or formats of different types.
//!
//! # What it costs
//!
//! Measured with two variables, a string and a number, on one machine: look at the ratios.
//!
//! | | text | pretty | json |
//! | --- | --- | --- | --- |
//! | an event | 660 → 860 ns | 750 → 1200 ns | 1.4 → 1.8 µs |
//! | an event in a span | 1.0 → 1.2 µs | 1.1 → 1.6 µs | 2.9 → 5.5 µs |
//! | a span | 340 → 600 ns | 370 → 650 ns | 490 → 930 ns |
//!
//! An event in text allocates nothing for strings and numbers; other values are written to a `String` first. An event
//! in JSON takes one more buffer. Inside of a span it costs more, because `tracing-subscriber` parses the span's JSON
//! for each event, once for `span` and once for `spans`: `with_current_span(false)` saves one of them, and
//! `fmt().json().map_event_format(|format| fields.in_json(format))` shows variables on events alone.

mod current_span;
mod formats;
mod json;
mod json_object;
mod own_formatters;
mod pretty;
mod text;
mod with_variables;

pub use super::context_fields::ContextFields;
pub use current_span::CurrentSpan;
pub use formats::{Dress, Dressed};
pub use json::InJson;
pub use pretty::InPretty;
pub use text::InText;
pub use with_variables::WithVariables;
