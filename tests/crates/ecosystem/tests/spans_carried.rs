//! R13: with the current span carried, the spans of a request are one tree, whatever it spawns.

#[path = "common/traced_request.rs"]
mod traced_request;

use contextvars::tracing::CurrentSpan;

#[test]
fn the_spans_of_a_request_are_one_tree() {
    contextvars::carry::<CurrentSpan>();
    let tree = traced_request::tree();
    println!("{}", tree.join("\n"));
    assert_eq!(
        tree,
        [
            "request",
            "  audit",
            "    write",
            "  call",
            "  hash",
            "  notify",
            "    send",
            "  part",
            "  part",
        ]
    );
}
