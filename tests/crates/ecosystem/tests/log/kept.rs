//! A logger that keeps what it is given, with the types of the values.

use std::cell::RefCell;

use log::kv::{self, Key, Value, VisitSource, VisitValue};
use log::{Level, LevelFilter, Log, Metadata, Record};

/// What a key-value is, by its type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kept {
    Str(String),
    Unsigned(u64),
    Signed(i64),
    UnsignedWide(u128),
    SignedWide(i128),
    Double(f64),
    Bool(bool),
    Char(char),
    Any(String),
}

pub(crate) fn text(text: &str) -> Kept {
    Kept::Str(text.to_owned())
}

pub(crate) fn any(text: &str) -> Kept {
    Kept::Any(text.to_owned())
}

impl VisitValue<'_> for &mut Kept {
    fn visit_any(&mut self, value: Value<'_>) -> Result<(), kv::Error> {
        **self = Kept::Any(value.to_string());
        Ok(())
    }

    fn visit_str(&mut self, value: &str) -> Result<(), kv::Error> {
        **self = text(value);
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), kv::Error> {
        **self = Kept::Unsigned(value);
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), kv::Error> {
        **self = Kept::Signed(value);
        Ok(())
    }

    fn visit_u128(&mut self, value: u128) -> Result<(), kv::Error> {
        **self = Kept::UnsignedWide(value);
        Ok(())
    }

    fn visit_i128(&mut self, value: i128) -> Result<(), kv::Error> {
        **self = Kept::SignedWide(value);
        Ok(())
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), kv::Error> {
        **self = Kept::Double(value);
        Ok(())
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), kv::Error> {
        **self = Kept::Bool(value);
        Ok(())
    }

    fn visit_char(&mut self, value: char) -> Result<(), kv::Error> {
        **self = Kept::Char(value);
        Ok(())
    }
}

/// A message and its key-values, in the order in which they are visited.
#[derive(Debug, PartialEq)]
pub(crate) struct Line(pub(crate) String, Vec<(String, Kept)>);

pub(crate) fn line(message: &str, pairs: impl Into<Vec<(&'static str, Kept)>>) -> Line {
    let pairs = pairs
        .into()
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    Line(message.to_owned(), pairs)
}

struct Pairs(Vec<(String, Kept)>);

impl<'kvs> VisitSource<'kvs> for Pairs {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let mut kept = any("");
        value.visit(&mut kept)?;
        self.0.push((key.to_string(), kept));
        Ok(())
    }
}

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

pub(crate) struct Keeper;

impl Log for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        let mut pairs = Pairs(Vec::new());
        record.key_values().visit(&mut pairs).expect("it visits all");
        assert_eq!(record.key_values().count(), pairs.0.len());
        let line = Line(record.args().to_string(), pairs.0);
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn flush(&self) {
        LINES.with_borrow_mut(|lines| lines.push(line("flushed", [])));
    }
}

/// What `body` logs on this thread to `logger`.
pub(crate) fn logged(logger: &dyn Log, body: impl FnOnce(&dyn Log)) -> Vec<Line> {
    log::set_max_level(LevelFilter::Info);
    body(logger);
    LINES.take()
}
