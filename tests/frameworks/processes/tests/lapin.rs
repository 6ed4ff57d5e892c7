//! lapin: the headers of AMQP messages.

use contextvars::baggage::{Baggage, Carrier};
use contextvars::{Context, context_var};
use lapin::BasicProperties;
use lapin::types::{AMQPValue, ByteArray, FieldTable, LongString, ShortString};
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[context_var]
static TENANT: String;
static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));

/// The headers of a message. Values have types, and the short string of the protocol's grammar is none that a broker takes.
struct Headers(FieldTable);

impl Carrier for Headers {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        for (is, value) in self.0.inner() {
            match value {
                AMQPValue::LongString(value) if is.as_str().eq_ignore_ascii_case(name) => each(value.as_bytes()),
                AMQPValue::ByteArray(value) if is.as_str().eq_ignore_ascii_case(name) => each(value.as_slice()),
                _ => {}
            }
        }
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        let mut headers = self.0.inner().clone();
        headers.retain(|is, _| !is.as_str().eq_ignore_ascii_case(name));
        if let Some(value) = value {
            headers.insert(name.into(), AMQPValue::LongString(LongString::from(value)));
        }
        self.0 = FieldTable::from(headers);
    }
}

fn publish(there: FieldTable) -> BasicProperties {
    let mut headers = Headers(there);
    BAGGAGE.inject(&mut headers);
    BasicProperties::default().with_headers(headers.0)
}

fn tenant_of(properties: &BasicProperties) -> Option<String> {
    let headers = Headers(properties.headers().clone().unwrap_or_default());
    BAGGAGE.extract(&headers).context.get(&TENANT).cloned()
}

fn acme() -> Context {
    Context::new().with(&TENANT, "acme".to_owned())
}

#[test]
fn a_message_has_the_tenant_that_it_was_published_for() {
    let mut there = FieldTable::default();
    there.insert("Baggage".into(), AMQPValue::LongString("theirs=1,tenant=x".into()));
    there.insert("attempt".into(), AMQPValue::LongInt(3));
    let properties = acme().run(|| publish(there));
    let headers = properties.headers().clone().unwrap();
    let is: BTreeMap<_, _> = headers.inner().clone();
    let line = AMQPValue::LongString("theirs=1,tenant=acme".into());
    assert_eq!(
        is,
        BTreeMap::from([
            ("attempt".into(), AMQPValue::LongInt(3)),
            (ShortString::from("baggage"), line)
        ])
    );
    assert_eq!(tenant_of(&properties).as_deref(), Some("acme"));
}

/// Clients in other languages send text as bytes.
#[test]
fn long_strings_and_byte_arrays_are_read_and_other_types_are_not() {
    let of = |value| {
        let mut headers = FieldTable::default();
        headers.insert("Baggage".into(), value);
        tenant_of(&BasicProperties::default().with_headers(headers))
    };
    let acme = Some("acme".to_owned());
    assert_eq!(of(AMQPValue::LongString("tenant=acme".into())), acme);
    assert_eq!(of(AMQPValue::ByteArray(ByteArray::from(&b"tenant=acme"[..]))), acme);
    assert_eq!(of(AMQPValue::ByteArray(ByteArray::from(&b"tenant=\xff"[..]))), None);
    assert_eq!(of(AMQPValue::LongInt(7)), None);
    assert_eq!(of(AMQPValue::Void), None);
}
