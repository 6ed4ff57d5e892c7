//! `opentelemetry_sdk`'s `BaggagePropagator`, over the carriers that ours is measured with.

use crate::harness::timing::time;
use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::propagation::BaggagePropagator;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

/// As in the crate `opentelemetry-http`.
struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(key.as_bytes()), HeaderValue::from_str(&value)) {
            self.0.insert(name, value);
        }
    }
}

struct ReadHeaders<'a>(&'a HeaderMap);

impl Extractor for ReadHeaders<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

fn with_members(members: &[(&'static str, String)]) -> Context {
    let members = members.iter().map(|(name, value)| KeyValue::new(*name, value.clone()));
    Context::new().with_baggage(members)
}

pub(crate) fn inject_into_map(members: &[(&'static str, String)]) -> impl FnMut(u64) -> Duration + 'static {
    let cx = with_members(members);
    let propagator = BaggagePropagator::new();
    move |n| {
        time(n, || {
            let mut headers = HashMap::<String, String>::new();
            propagator.inject_context(&cx, black_box(&mut headers));
            headers
        })
    }
}

pub(crate) fn inject_into_http(members: &[(&'static str, String)]) -> impl FnMut(u64) -> Duration + 'static {
    let cx = with_members(members);
    let propagator = BaggagePropagator::new();
    move |n| {
        time(n, || {
            let mut headers = HeaderMap::new();
            propagator.inject_context(&cx, &mut Headers(black_box(&mut headers)));
            headers
        })
    }
}

pub(crate) fn extract_from_map(line: &str) -> impl FnMut(u64) -> Duration + 'static {
    let headers = HashMap::from([("baggage".to_owned(), line.to_owned())]);
    let propagator = BaggagePropagator::new();
    let cx = Context::new();
    move |n| time(n, || propagator.extract_with_context(&cx, black_box(&headers)))
}

pub(crate) fn extract_from_http(line: &str) -> impl FnMut(u64) -> Duration + 'static {
    let mut headers = HeaderMap::new();
    headers.insert("baggage", HeaderValue::from_str(line).expect("ASCII"));
    let propagator = BaggagePropagator::new();
    let cx = Context::new();
    move |n| {
        time(n, || {
            propagator.extract_with_context(&cx, &ReadHeaders(black_box(&headers)))
        })
    }
}
