//! What becomes of the same request where nothing is carried: the case against which `carry` is measured. A `Buffer` of
//! tower carries the span by itself, and `notify` is given one by hand.

#[path = "common/traced_request.rs"]
mod traced_request;

#[test]
fn what_is_spawned_is_orphaned() {
    let tree = traced_request::tree();
    println!("{}", tree.join("\n"));
    assert_eq!(
        tree,
        [
            "audit", "  write", "hash", "part", "part", "request", "  call", "  notify", "    send",
        ]
    );
}
