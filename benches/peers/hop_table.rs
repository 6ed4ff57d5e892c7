//! The table of hops: what a hop to another process costs, beside opentelemetry's propagator. A function a row.

use crate::harness::row::{Row, Timed};
use crate::ours::baggage;
use crate::theirs::opentelemetry_baggage;
use http::HeaderMap;
use std::collections::HashMap;

/// As many as a header may have is the last.
const MEMBERS: [usize; 4] = [1, 8, 32, 64];

pub(crate) fn rows() -> Vec<Box<dyn Row>> {
    vec![
        Box::new(inject_into_http()),
        Box::new(inject_into_map()),
        Box::new(extract_from_http()),
        Box::new(extract_from_map()),
    ]
}

fn members(whose: &str, n: usize) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{whose}, {n} member{ending}")
}

fn inject_into_http() -> Timed {
    let mut row = Timed::new("inject baggage into an http::HeaderMap");
    for n in MEMBERS {
        let theirs = opentelemetry_baggage::inject_into_http(&baggage::members(n));
        let theirs = row.add(members("BaggagePropagator", n), theirs);
        let ours = row.add(members("contextvars", n), baggage::inject::<HeaderMap>(n));
        row.limit(ours, theirs, 1.0);
    }
    row
}

fn inject_into_map() -> Timed {
    let mut row = Timed::new("inject baggage into a HashMap");
    for n in MEMBERS {
        let theirs = opentelemetry_baggage::inject_into_map(&baggage::members(n));
        let theirs = row.add(members("BaggagePropagator", n), theirs);
        let ours = baggage::inject::<HashMap<String, String>>(n);
        let ours = row.add(members("contextvars", n), ours);
        row.limit(ours, theirs, 1.0);
    }
    row
}

fn extract_from_http() -> Timed {
    let mut row = Timed::new("extract baggage from an http::HeaderMap");
    for n in MEMBERS {
        let theirs = opentelemetry_baggage::extract_from_http(&baggage::line(n));
        let theirs = row.add(members("BaggagePropagator", n), theirs);
        let ours = row.add(members("contextvars", n), baggage::extract::<HeaderMap>(n));
        row.limit(ours, theirs, 1.0);
    }
    row
}

fn extract_from_map() -> Timed {
    let mut row = Timed::new("extract baggage from a HashMap");
    for n in MEMBERS {
        let theirs = opentelemetry_baggage::extract_from_map(&baggage::line(n));
        let theirs = row.add(members("BaggagePropagator", n), theirs);
        let ours = baggage::extract::<HashMap<String, String>>(n);
        let ours = row.add(members("contextvars", n), ours);
        row.limit(ours, theirs, 1.0);
    }
    row
}
