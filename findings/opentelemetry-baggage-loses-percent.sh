#!/usr/bin/env bash
# opentelemetry's BaggagePropagator for Rust does not read back what it has written.
#
# It encodes blanks, quotes and separators by per cent, but not the per cent sign itself, and its reader decodes all of
# them. `100%25` becomes `100%` after one hop, and a value that a service has encoded already (a path, a query, a name)
# loses a layer at each. White space at the ends goes, too: values are trimmed before they are encoded, and again after
# they are decoded. Nothing is reported.
#
# Source: src/propagation/baggage.rs, `FRAGMENT`, of https://crates.io/crates/opentelemetry_sdk/0.33.1
# Seen: opentelemetry_sdk 0.33.1, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none opentelemetry-baggage-loses-percent
cd opentelemetry-baggage-loses-percent
cat >>Cargo.toml <<'TOML'
opentelemetry = { version = "=0.33.1", default-features = false }
opentelemetry_sdk = { version = "=0.33.1", default-features = false, features = ["trace"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::collections::HashMap;

use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::propagation::BaggagePropagator;

fn hop(value: &str) -> (String, String) {
    let propagator = BaggagePropagator::new();
    let mut headers = HashMap::new();
    let context = Context::new().with_baggage([KeyValue::new("note", value.to_owned())]);
    propagator.inject_context(&context, &mut headers);
    let header = headers["baggage"].clone();
    let context = propagator.extract_with_context(&Context::new(), &headers);
    (header, context.baggage().get("note").expect("a value").to_string())
}

fn main() {
    for value in ["a, b; c=d", "100%", "100%25", "/files/Q%26A", "/files/Q%2526A", "  indented"] {
        let (header, read) = hop(value);
        let is_right = if read == value { "right" } else { "wrong" };
        println!("{value:?} is sent as {header:?} and read as {read:?}: {is_right}");
    }
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
"a, b; c=d" is sent as "note=a%2C%20b%3B%20c%3Dd" and read as "a, b; c=d": right
"100%" is sent as "note=100%" and read as "100%": right
"100%25" is sent as "note=100%25" and read as "100%": wrong
"/files/Q%26A" is sent as "note=/files/Q%26A" and read as "/files/Q&A": wrong
"/files/Q%2526A" is sent as "note=/files/Q%2526A" and read as "/files/Q%26A": wrong
"  indented" is sent as "note=indented" and read as "indented": wrong
SEEN
