//! A writer that keeps what is written.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// What was written so far, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).expect("it is text")
    }

    /// Each line, parsed.
    pub(crate) fn json(&self) -> Vec<Value> {
        let parsed = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.text().lines().map(parsed).collect()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Runs `body` under what `subscriber` makes of a writer, and returns what it has written.
pub(crate) fn capture<S>(subscriber: impl FnOnce(Captured) -> S, body: impl FnOnce()) -> Captured
where
    S: tracing::Subscriber + Send + Sync + 'static,
{
    let captured = Captured::default();
    tracing::subscriber::with_default(subscriber(captured.clone()), body);
    captured
}

/// A plain builder: level, spans, message and fields.
macro_rules! plain {
    ($writer:expr) => {
        tracing_subscriber::fmt()
            .with_writer($writer)
            .with_ansi(false)
            .with_target(false)
            .without_time()
    };
}
pub(crate) use plain;
