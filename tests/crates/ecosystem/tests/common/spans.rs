//! The span that code is in, also as a destructor sees it.

#![allow(dead_code, reason = "every binary uses a part of it")]

use std::sync::{Arc, Mutex};
use tracing::Span;

/// The name of the current span.
pub(crate) fn current() -> Option<&'static str> {
    Span::current().metadata().map(tracing::Metadata::name)
}

/// What is seen, in order.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<Option<&'static str>>>>);

impl Seen {
    pub(crate) fn at_drop(&self) -> AtDrop {
        AtDrop(self.clone())
    }

    pub(crate) fn all(&self) -> Vec<Option<&'static str>> {
        self.0.lock().expect("no panic").clone()
    }
}

/// Notes the current span when it is dropped.
pub(crate) struct AtDrop(Seen);

impl Drop for AtDrop {
    fn drop(&mut self) {
        self.0.0.lock().expect("no panic").push(current());
    }
}
