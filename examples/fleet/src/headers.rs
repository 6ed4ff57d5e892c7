//! The headers of NATS messages, as a carrier of baggage.

use async_nats::HeaderMap;
use contextvars::baggage::Carrier;

/// NATS tells case apart, and its clients send names as they are given: so every spelling is read.
pub(crate) struct Headers(pub(crate) HeaderMap);

impl Carrier for Headers {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        let spelled = self.0.iter().filter(|(is, _)| is.as_ref().eq_ignore_ascii_case(name.as_bytes()));
        for value in spelled.flat_map(|(_, values)| values) {
            each(value.as_str().as_bytes());
        }
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        // There is no way to remove a header but to leave it behind.
        let mut kept = HeaderMap::new();
        for (is, values) in self.0.iter().filter(|(is, _)| !is.as_ref().eq_ignore_ascii_case(name.as_bytes())) {
            for value in values {
                kept.append(is.clone(), value.clone());
            }
        }
        if let Some(value) = value {
            kept.insert(name, String::from_utf8_lossy(&value).as_ref());
        }
        self.0 = kept;
    }
}
