//! What stands in a header that is sent.

use crate::common::{LANGUAGE, TENANT, USER, baggage, injected, names_and_reasons, sent, tenant};
use contextvars::baggage::{Baggage, LeftOutReason};
use contextvars::{Context, context_var};
use std::fmt;

#[test]
fn all_bytes_but_the_unreserved_are_percent_encoded_in_upper_case() {
    let unreserved = "ABCXYZabcxyz0189-._~";
    assert_eq!(sent(unreserved).unwrap(), format!("tenant={unreserved}"));
    assert_eq!(
        sent("a b+c=d;e,f%\u{e9}\u{1f600}\n\u{7f}").unwrap(),
        "tenant=a%20b%2Bc%3Dd%3Be%2Cf%25%C3%A9%F0%9F%98%80%0A%7F"
    );
    for byte in 0..=127_u8 {
        let text = char::from(byte).to_string();
        let is_plain = byte.is_ascii_alphanumeric() || "-._~".contains(&text);
        let encoded = if is_plain { text.clone() } else { format!("%{byte:02X}") };
        assert_eq!(sent(&text).unwrap(), format!("tenant={encoded}"));
    }
}

#[test]
fn what_is_not_bound_is_not_sent() {
    assert_eq!(injected(&baggage(), &Context::new(), &[]), (None, vec![]));
}

#[test]
fn a_default_is_not_bound() {
    assert_eq!(LANGUAGE.get(), "en");
    assert_eq!(sent("acme").unwrap(), "tenant=acme");
    let bound = tenant("acme").with(&LANGUAGE, "en".to_owned());
    assert_eq!(injected(&baggage(), &bound, &[]).0.unwrap(), "tenant=acme,language=en");
}

#[test]
fn ours_come_in_the_order_of_the_definition_without_blanks_or_properties() {
    let context = Context::new()
        .with(&LANGUAGE, "cs".to_owned())
        .with(&USER, 7)
        .with(&TENANT, "acme".to_owned());
    let (line, left_out) = injected(&baggage(), &context, &[]);
    assert_eq!(line.unwrap(), "tenant=acme,user.id=7,language=cs");
    assert!(left_out.is_empty());
}

#[test]
fn members_and_properties_of_others_stay_byte_for_byte() {
    let others = ["a=1;p=%20 ; q", "b = x%2c%2C", "no-value", "c=\u{e9}+ +", "a=2", "d=="];
    let (line, _) = injected(&baggage(), &tenant("acme"), &[&others.join(" ,\t")]);
    assert_eq!(line.unwrap(), format!("{},tenant=acme", others.join(",")));
}

#[test]
fn members_of_others_stay_where_nothing_is_bound() {
    let (line, _) = injected(&baggage(), &Context::new(), &["a=1;p, b=2"]);
    assert_eq!(line.unwrap(), "a=1;p,b=2");
}

#[test]
fn several_lines_become_one() {
    let (line, _) = injected(&baggage(), &tenant("acme"), &["a=1", "", "b=2,tenant=x"]);
    assert_eq!(line.unwrap(), "a=1,b=2,tenant=acme");
}

#[test]
fn ours_replace_those_of_our_names_with_their_properties() {
    let there = "tenant=x;p=1,a=1, tenant =y,user.id=3,tenant";
    let (line, _) = injected(&baggage(), &tenant("acme"), &[there]);
    assert_eq!(line.unwrap(), "a=1,tenant=acme");
}

#[test]
fn a_header_that_is_passed_on_loses_what_is_not_bound_here() {
    let (line, _) = injected(&baggage(), &Context::new(), &["tenant=x,user.id=3"]);
    assert_eq!(line, None);
}

#[test]
fn names_are_told_apart_by_case() {
    let (line, _) = injected(&baggage(), &tenant("acme"), &["Tenant=x"]);
    assert_eq!(line.unwrap(), "Tenant=x,tenant=acme");
}

#[test]
fn an_empty_value_is_left_out_and_reported() {
    let context = tenant("").with(&USER, 7);
    let (line, left_out) = injected(&baggage(), &context, &["tenant=x"]);
    assert_eq!(line.unwrap(), "user.id=7");
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::Empty)]);
}

#[test]
fn a_member_has_4096_bytes_at_most_counted_as_encoded() {
    let longest = "\u{e9}".repeat((4096 - "tenant=".len()) / 6);
    let line = sent(&(longest.clone() + "xxx")).unwrap();
    assert_eq!(line.len(), 4096);
    let context = tenant(&(longest + "xxxx")).with(&USER, 7);
    let (line, left_out) = injected(&baggage(), &context, &[]);
    assert_eq!(line.unwrap(), "user.id=7");
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::TooLong(4096))]);
}

#[test]
fn a_header_has_8191_bytes_at_most_with_those_of_others() {
    let others = format!("a={}", "x".repeat(8191 - "a=".len() - ",tenant=acme".len()));
    let (line, left_out) = injected(&baggage(), &tenant("acme"), &[&others]);
    assert_eq!((line.unwrap().len(), left_out.len()), (8191, 0));
    let (line, left_out) = injected(&baggage(), &tenant("acme!"), &[&others]);
    assert_eq!(line.unwrap(), others);
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::NoRoom(8191))]);
}

#[test]
fn what_fits_is_sent_after_what_does_not() {
    let context = tenant(&"x".repeat(100)).with(&USER, 7);
    let (line, left_out) = injected(&baggage().max_bytes(50), &context, &[]);
    assert_eq!(line.unwrap(), "user.id=7");
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::NoRoom(50))]);
}

#[test]
fn others_stay_even_above_the_limits_and_nothing_of_ours_is_added() {
    let others = format!("a={}", "x".repeat(10_000));
    let (line, left_out) = injected(&baggage(), &tenant("acme"), &[&(others.clone() + ",tenant=x")]);
    assert_eq!(line.unwrap(), others);
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::NoRoom(8191))]);
}

#[test]
fn a_header_has_64_members_at_most_with_those_of_others() {
    let others = |n: usize| vec!["a=1"; n].join(",");
    let context = tenant("acme").with(&USER, 7);
    let (line, left_out) = injected(&baggage(), &context, &[&others(63)]);
    assert!(line.unwrap().ends_with(",tenant=acme"));
    assert_eq!(names_and_reasons(&left_out), [("user.id", LeftOutReason::TooMany(64))]);
    let unlimited = baggage()
        .max_member_bytes(usize::MAX)
        .max_bytes(usize::MAX)
        .max_members(usize::MAX);
    assert_eq!(injected(&unlimited, &context, &[&others(100)]).1, []);
    let (line, left_out) = injected(&baggage().max_members(65), &context, &[&others(63)]);
    assert!(line.unwrap().ends_with(",tenant=acme,user.id=7"));
    assert!(left_out.is_empty());
}

#[test]
fn room_for_one_time_is_given_by_the_caller() {
    let mut carrier = Vec::<(String, String)>::new();
    let left_out = tenant("acme").run(|| baggage().inject_within(10, &mut carrier));
    assert_eq!(names_and_reasons(&left_out), [("tenant", LeftOutReason::NoRoom(10))]);
    assert!(carrier.is_empty());
}

/// `Display` may fail, though it should not: `to_string` would panic.
#[derive(Clone, Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half a value")?;
        Err(fmt::Error)
    }
}

impl std::str::FromStr for Broken {
    type Err = fmt::Error;

    fn from_str(_: &str) -> Result<Self, fmt::Error> {
        Err(fmt::Error)
    }
}

#[context_var]
static BROKEN: Broken;

#[test]
fn a_display_that_fails_leaves_its_value_out() {
    let baggage = Baggage::new().with("broken", &BROKEN).with("tenant", &TENANT);
    let (line, left_out) = injected(&baggage, &tenant("acme").with(&BROKEN, Broken), &[]);
    assert_eq!(line.unwrap(), "tenant=acme");
    assert_eq!(names_and_reasons(&left_out), [("broken", LeftOutReason::Unwritable)]);
    assert_eq!(
        left_out[0].to_string(),
        "`broken` is left out: its `Display` returned an error"
    );
}
