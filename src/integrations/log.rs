//! Variables in the key-values of every record of the `log` crate.
//!
//! [`ContextLogger`] wraps your logger. Any logger will do that writes key-values:
//!
//! ```
//! use contextvars::context_var;
//! use contextvars::log::{ContextFields, ContextLogger};
//! # struct Own;
//! # impl log::Log for Own {
//! #     fn enabled(&self, _: &log::Metadata<'_>) -> bool { true }
//! #     fn log(&self, record: &log::Record<'_>) {
//! #         let user = record.key_values().get("USER".into()).unwrap();
//! #         assert_eq!(user.to_borrowed_str(), Some("nobody"));
//! #     }
//! #     fn flush(&self) {}
//! # }
//! # let my_logger = Own;
//!
//! #[context_var]
//! static USER: String = "nobody".to_owned();
//!
//! let fields = ContextFields::new().with(&USER);
//! log::set_boxed_logger(Box::new(ContextLogger::new(my_logger, fields))).unwrap();
//! log::set_max_level(log::LevelFilter::Info);
//!
//! log::info!(rows = 3; "loaded"); // the logger sees USER = "nobody" too
//! ```
//!
//! # The rule
//!
//! A record shows the values at the time it is logged: the value that is set, else the default. A variable with neither
//! is left out. So is one of whose name the record has a key-value itself. One declared with `redact` shows
//! `<redacted>`.
//!
//! Strings, integers, floats, `bool` and `char` become key-values of their type. A value of another type is shown by
//! its `Debug`, which the logger calls if it needs it.
//!
//! # What it costs
//!
//! A record costs one read for each variable, no clone and no allocation. The logger borrows the values while it
//! handles the record.

use log::kv::{self, Key, Source, Value, VisitSource};
use log::{Log, Metadata, Record};

pub use super::context_fields::ContextFields;

use super::context_fields::LentField;
use super::field_value::FieldValue;

/// A logger that adds variables to the key-values of each record, and passes the record to the logger inside of it.
#[derive(Debug)]
pub struct ContextLogger<L> {
    inner: L,
    fields: ContextFields,
}

impl<L> ContextLogger<L> {
    /// Adds `fields` to the records that `inner` gets.
    pub const fn new(inner: L, fields: ContextFields) -> Self {
        Self { inner, fields }
    }
}

impl<L: Log> Log for ContextLogger<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        self.fields.lend(&mut |last| {
            let own = record.key_values();
            let source = WithVariables { own, last };
            self.inner.log(&record.to_builder().key_values(&source).build());
        });
    }

    fn flush(&self) {
        self.inner.flush();
    }
}

/// The key-values of a record, and those variables whose name none of them has.
struct WithVariables<'a> {
    own: &'a dyn Source,
    last: Option<&'a LentField<'a>>,
}

impl Source for WithVariables<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
        self.own.visit(visitor)?;
        visit(self.own, self.last, visitor)
    }

    fn get(&self, key: Key<'_>) -> Option<Value<'_>> {
        let link = || std::iter::successors(self.last, |link| link.previous).find(|link| link.name == key.as_str());
        self.own.get(key.clone()).or_else(|| link().map(value))
    }
}

/// Visits the variables in order, from the first: the links lead from the last to the first.
fn visit<'kvs>(
    own: &dyn Source,
    link: Option<&'kvs LentField<'kvs>>,
    visitor: &mut dyn VisitSource<'kvs>,
) -> Result<(), kv::Error> {
    let Some(link) = link else { return Ok(()) };
    visit(own, link.previous, visitor)?;
    if own.get(Key::from(link.name)).is_some() {
        return Ok(());
    }
    visitor.visit_pair(Key::from(link.name), value(link))
}

fn value<'a>(link: &'a LentField<'a>) -> Value<'a> {
    match FieldValue::of(link.value) {
        FieldValue::Str(text) => Value::from(text),
        FieldValue::Char(char) => Value::from(char),
        FieldValue::Bool(bool) => Value::from(bool),
        FieldValue::Signed(number) => Value::from(number),
        FieldValue::Unsigned(number) => Value::from(number),
        FieldValue::SignedWide(number) => Value::from(number),
        FieldValue::UnsignedWide(number) => Value::from(number),
        FieldValue::Single(number) => Value::from(number),
        FieldValue::Double(number) => Value::from(number),
        FieldValue::Other => Value::from_debug(link),
    }
}
