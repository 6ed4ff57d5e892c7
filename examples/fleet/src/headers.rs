//! The headers of NATS messages, as a carrier of baggage.

use async_nats::{HeaderMap, HeaderName};
use contextvars::baggage::Carrier;

/// NATS tells case apart, and its clients send names as they are given: so every spelling is read.
pub(crate) struct Headers(pub(crate) HeaderMap);

fn is_spelling(header: &HeaderName, name: &str) -> bool {
    AsRef::<str>::as_ref(header).eq_ignore_ascii_case(name)
}

impl Carrier for Headers {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        let spelled = self.0.iter().filter(|(header, _)| is_spelling(header, name));
        for value in spelled.flat_map(|(_, values)| values) {
            each(value.as_str().as_bytes());
        }
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        // There is no way to remove a header but to leave it behind.
        let others = self.0.iter().filter(|(header, _)| !is_spelling(header, name));
        let each = others.flat_map(|(header, values)| values.iter().map(|value| (header.clone(), value.clone())));
        self.0 = each.collect();
        if let Some(value) = value {
            self.0.insert(name, String::from_utf8_lossy(&value).as_ref());
        }
    }
}

#[cfg(test)]
mod tests {
    use async_nats::HeaderValue;

    use super::*;

    #[test]
    fn every_spelling_is_read_and_one_is_left() {
        let mut headers = Headers(HeaderMap::new());
        headers.0.append("Baggage", "a=1");
        headers.0.append("Baggage", "b=2");
        headers.0.insert("Nats-Msg-Id", "7");
        let mut read = Vec::new();
        headers.read("baggage", &mut |value| read.push(value.to_vec()));
        assert_eq!(read, [b"a=1", b"b=2"]);

        headers.replace("baggage", Some(b"c=3".to_vec()));
        assert_eq!(headers.0.get("Baggage"), None);
        assert_eq!(
            headers
                .0
                .get_all("baggage")
                .map(HeaderValue::as_str)
                .collect::<Vec<_>>(),
            ["c=3"]
        );
        assert_eq!(headers.0.get("Nats-Msg-Id").map(HeaderValue::as_str), Some("7"));

        headers.replace("baggage", None);
        assert_eq!(headers.0.len(), 1);
    }
}
