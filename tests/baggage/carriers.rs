//! What a header is in: every spelling is read and replaced, and one line is written in lower case.

use crate::common::{LANGUAGE, TENANT, USER, baggage, names_and_reasons, tenant};
use contextvars::baggage::{Carrier, LeftOutReason};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::{BTreeMap, HashMap};

fn texts(carrier: &impl Carrier) -> Vec<String> {
    let mut values = Vec::new();
    carrier.read("baggage", &mut |value| {
        values.push(String::from_utf8_lossy(value).into_owned());
    });
    values
}

/// Injects a tenant into what has two spellings, and extracts it.
fn exchange<C: Carrier>(mut carrier: C) -> C {
    assert_eq!(texts(&carrier), ["a=1,tenant=x", "b=2"]);
    assert_eq!(baggage().extract(&carrier).context.get(&TENANT).unwrap(), "x");
    assert!(tenant("acme").run(|| baggage().inject(&mut carrier)).is_empty());
    assert_eq!(texts(&carrier), ["a=1,b=2,tenant=acme"]);
    assert_eq!(baggage().extract(&carrier).context.get(&TENANT).unwrap(), "acme");
    carrier
}

const SPELLED: [(&str, &str); 3] = [
    ("BAGGAGE", "a=1,tenant=x"),
    ("baggage", "b=2"),
    ("baggage2", "tenant=y"),
];
const WRITTEN: [(&str, &str); 2] = [("baggage", "a=1,b=2,tenant=acme"), ("baggage2", "tenant=y")];

fn strings<C: FromIterator<(String, String)>>(entries: &[(&str, &str)]) -> C {
    entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn bytes<C: FromIterator<(String, Vec<u8>)>>(entries: &[(&str, &str)]) -> C {
    entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect()
}

#[test]
fn maps_of_std() {
    assert_eq!(exchange(strings::<HashMap<_, _>>(&SPELLED)), strings(&WRITTEN));
    assert_eq!(exchange(bytes::<HashMap<_, _>>(&SPELLED)), bytes(&WRITTEN));
    assert_eq!(exchange(strings::<BTreeMap<_, _>>(&SPELLED)), strings(&WRITTEN));
    assert_eq!(exchange(bytes::<BTreeMap<_, _>>(&SPELLED)), bytes(&WRITTEN));
}

#[test]
fn lists() {
    let last_first = [WRITTEN[1], WRITTEN[0]];
    assert_eq!(exchange(strings::<Vec<_>>(&SPELLED)), strings::<Vec<_>>(&last_first));
    assert_eq!(exchange(bytes::<Vec<_>>(&SPELLED)), bytes::<Vec<_>>(&last_first));
}

#[test]
fn headers_of_http() {
    let mut headers = HeaderMap::new();
    for (name, value) in SPELLED {
        let name = HeaderName::try_from(name).unwrap();
        headers.append(name, HeaderValue::from_static(value));
    }
    let headers = exchange(headers);
    assert_eq!(headers.get_all("baggage").iter().count(), 1);
    assert_eq!(headers["baggage2"], "tenant=y");
}

#[test]
fn bytes_of_others_that_are_not_text_stay_in_a_header_of_http() {
    let mut headers = HeaderMap::new();
    headers.insert("baggage", HeaderValue::from_bytes(b"a=\xff\xe9").unwrap());
    tenant("acme").run(|| baggage().inject(&mut headers));
    assert_eq!(headers["baggage"].as_bytes(), b"a=\xff\xe9,tenant=acme");
}

#[test]
fn a_header_that_is_left_empty_is_removed() {
    let mut headers = HeaderMap::new();
    headers.insert("baggage", HeaderValue::from_static("tenant=x"));
    baggage().inject(&mut headers);
    assert!(headers.is_empty());
    let mut map = strings::<HashMap<_, _>>(&[("Baggage", "tenant=x")]);
    baggage().inject(&mut map);
    assert!(map.is_empty());
}

/// A map of `http` panics when it is full, and a request's headers are input.
#[test]
fn a_map_that_is_full_gets_no_header() {
    let full = |has: bool| {
        let mut headers = HeaderMap::new();
        if has {
            headers.insert("baggage", HeaderValue::from_static("a=1"));
        }
        for at in headers.len()..24_576 {
            headers.insert(
                HeaderName::try_from(format!("x-{at}")).unwrap(),
                HeaderValue::from_static(""),
            );
        }
        headers
    };
    let mut headers = full(false);
    let left_out = tenant("acme").run(|| baggage().inject(&mut headers));
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::NoRoom(0))]);
    assert_eq!(headers.len(), 24_576);
    let mut headers = full(true);
    tenant("acme").run(|| baggage().inject(&mut headers));
    assert_eq!(headers["baggage"], "a=1");
}

/// Metadata with a budget of its own.
struct Small(HashMap<String, String>);

impl Carrier for Small {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        self.0.read(name, each);
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        self.0.replace(name, value);
    }

    fn budget(&self) -> usize {
        20 - self.0.values().map(String::len).sum::<usize>()
    }
}

#[test]
fn the_smaller_of_the_budgets_counts() {
    let mut small = Small(strings(&[("other", "1234567")]));
    let left_out = tenant("acmes").run(|| baggage().inject(&mut small));
    assert_eq!((left_out.len(), small.0["baggage"].len()), (0, 12));
    let mut small = Small(strings(&[("other", "1234567890")]));
    let left_out = tenant("acmes").run(|| baggage().inject(&mut small));
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::NoRoom(10))]);
    let mut large = strings::<HashMap<_, _>>(&[]);
    let long = tenant(&"x".repeat(4000))
        .with(&LANGUAGE, "y".repeat(4900))
        .with(&USER, 7);
    let large_header = baggage().max_bytes(9000).max_member_bytes(5000);
    assert!(long.clone().run(|| large_header.inject(&mut large)).is_empty());
    assert!(large["baggage"].len() > 8191);
    let mut small = Small(HashMap::new());
    let left_out = tenant("acmes").run(|| baggage().max_bytes(11).inject(&mut small));
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::NoRoom(11))]);
}

/// A carrier that may not be written for nothing: one behind a lock, or a message that is shared.
struct Shared;

impl Carrier for Shared {
    fn read<'a>(&'a self, _: &str, _: &mut dyn FnMut(&'a [u8])) {}

    fn replace(&mut self, _: &'static str, value: Option<Vec<u8>>) {
        panic!("{value:?}");
    }
}

#[test]
fn a_carrier_is_not_written_for_nothing() {
    assert!(baggage().inject(&mut Shared).is_empty());
    assert_eq!(tenant("").run(|| baggage().inject(&mut Shared)).len(), 1);
}
