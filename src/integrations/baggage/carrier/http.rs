//! The headers of the crate `http`, and so of hyper, axum and reqwest.

use super::Carrier;
use http::{HeaderMap, HeaderValue};

/// A map takes up to so many names, and panics above.
const NAMES: usize = 24_576;

impl Carrier for HeaderMap {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        self.get_all(name).iter().for_each(|value| each(value.as_bytes()));
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        self.remove(name);
        // What is read from such a map is allowed in it, joined by commas too, and what we write is ASCII.
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            self.insert(name, value);
        }
    }

    fn budget(&self) -> usize {
        if self.keys_len() < NAMES { usize::MAX } else { 0 }
    }
}
