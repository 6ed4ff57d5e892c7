//! What it takes in memory to read a header that others have written.

use crate::counting::{allocations, bytes};
use contextvars::baggage::Baggage;
use contextvars::context_var;

#[context_var]
static TENANT: u64;
#[context_var]
static USER: u64;

/// So many members, the first of them ours, and the last.
fn line(members: usize) -> String {
    let mut line = "tenant=7,".to_owned();
    line.extend(std::iter::repeat_n("a=1,tenant=8,b,;;,=,", members / 5));
    line + "tenant=9,user.id=x"
}

#[test]
fn reading_allocates_as_often_for_a_quarter_of_a_million_members_as_for_a_few() {
    let baggage = Baggage::new().with("tenant", &TENANT).with("user.id", &USER);
    let [few, many] = [line(10), line(262_144)];
    let read = |line: &str| {
        let received = baggage.extract_lines([line]);
        assert_eq!(received.context.get(&TENANT), Some(&9));
        assert_eq!(received.rejected.len(), 2);
    };
    // What is made once is there.
    read(&few);
    assert_eq!(allocations(|| read(&few)), allocations(|| read(&many)));
}

#[test]
fn a_value_that_is_too_long_is_not_copied() {
    let baggage = Baggage::new().with("tenant", &TENANT).with("user.id", &USER);
    let long = format!("tenant={}", "%37".repeat(1 << 18));
    let before = bytes();
    let received = baggage.extract_lines([long.as_str()]);
    let kept = bytes() - before;
    assert_eq!(received.rejected.len(), 1);
    assert!(kept < 1024, "{kept} bytes");
}

#[test]
fn what_is_received_keeps_nothing_of_the_header() {
    let baggage = Baggage::new().with("tenant", &TENANT);
    drop(baggage.extract_lines(["tenant=7"]));
    let before = bytes();
    drop(baggage.extract_lines([line(1000).as_str()]));
    assert_eq!(bytes(), before);
}
