//! async-nats: the headers of messages and jobs.

use async_nats::HeaderMap;
use async_nats::header::{HeaderName, HeaderValue};
use contextvars::baggage::{Baggage, Carrier, Received};
use contextvars::{Context, context_var};
use std::sync::LazyLock;

#[context_var]
static TENANT: String;
static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT).with_sent_at("sent.at"));

/// NATS tells names apart by their case, and other clients write their own.
fn has_name(header: &HeaderName, name: &str) -> bool {
    let is: &str = header.as_ref();
    is.eq_ignore_ascii_case(name)
}

/// The headers of a message that is to be published.
struct Outgoing<'m>(&'m mut HeaderMap);

impl Carrier for Outgoing<'_> {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        let values = self.0.iter().filter(|(header, _)| has_name(header, name));
        for value in values.flat_map(|(_, values)| values) {
            each(value.as_ref());
        }
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        let others = self.0.iter().filter(|(header, _)| !has_name(header, name));
        let each = others.flat_map(|(header, values)| values.iter().map(|value| (header.clone(), value.clone())));
        *self.0 = each.collect();
        if let Some(value) = value {
            self.0.insert(name, String::from_utf8_lossy(&value).into_owned());
        }
    }
}

/// The headers of a message that has come.
fn received(headers: &HeaderMap) -> Received {
    let lines = headers.iter().filter(|(header, _)| has_name(header, "baggage"));
    BAGGAGE.extract_lines(lines.flat_map(|(_, values)| values).map(HeaderValue::as_str))
}

#[test]
fn a_job_has_the_tenant_that_it_was_published_for() {
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Msg-Id", "7");
    headers.append("Baggage", "theirs=1");
    headers.append("Baggage", "tenant=x");
    headers.append("BAGGAGE", "more=2");
    let mut context = Context::new().with(&TENANT, "J\u{fc}rgen & co".to_owned());
    assert!(context.run(|| BAGGAGE.inject(&mut Outgoing(&mut headers))).is_empty());

    let names: Vec<_> = headers.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let line = headers.get("baggage").unwrap().as_str();
    assert!(line.contains("theirs=1") && line.contains("more=2") && line.contains(",tenant=J%C3%BCrgen%20%26%20co,"));
    assert_eq!(headers.get("Nats-Msg-Id").unwrap().as_str(), "7");

    let received = received(&headers);
    assert!(received.rejected.is_empty());
    assert_eq!(received.context.get(&TENANT).unwrap(), "J\u{fc}rgen & co");
    assert!(received.age.is_some());
}

#[test]
fn every_spelling_of_the_name_is_read() {
    for name in ["baggage", "Baggage", "BAGGAGE"] {
        let mut headers = HeaderMap::new();
        headers.insert(name, "tenant=acme");
        assert_eq!(received(&headers).context.get(&TENANT).unwrap(), "acme");
    }
}

#[test]
fn nothing_to_send_leaves_the_headers_as_they_are() {
    static EMPTY: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Msg-Id", "7");
    let before = headers.clone();
    EMPTY.inject(&mut Outgoing(&mut headers));
    assert_eq!(headers, before);
    headers.insert("BAGGAGE", "tenant=x");
    EMPTY.inject(&mut Outgoing(&mut headers));
    assert_eq!(headers, before);
}
