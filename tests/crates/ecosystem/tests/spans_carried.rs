//! R13: with the current span carried, the spans of a request are one tree, whatever it spawns.
//!
//! `cargo test -p contextvars-ecosystem --test spans_carried -- --nocapture` prints it beside what becomes of the same
//! request where nothing is carried.

#[path = "common/traced_request.rs"]
mod traced_request;

use contextvars::tracing::CurrentSpan;

/// A `Buffer` of tower carries the span by itself, and `notify` is given one by hand.
const ORPHANED: [&str; 11] = [
    "audit", "  write", "hash", "part", "part", "query", "query", "request", "  call", "  notify", "    send",
];

/// Case P19, R13
#[test]
fn the_spans_of_a_request_are_one_tree_and_without_carry_what_it_spawns_is_orphaned() {
    let without = traced_request::tree();
    contextvars::carry::<CurrentSpan>();
    let with = traced_request::tree();

    println!("without carry   with carry");
    for (without, with) in without.iter().zip(&with) {
        println!("{without:<16}{with}");
    }
    assert_eq!(without, ORPHANED);
    assert_eq!(with, traced_request::WHOLE);
}
