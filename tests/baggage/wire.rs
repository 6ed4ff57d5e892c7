//! What is on the wire, as `docs/across-processes.md` promises it.

use contextvars::baggage::{Baggage, Carrier, LeftOutReason};
use contextvars::{Context, context_var};
use std::collections::HashMap;

#[context_var]
static TENANT: String;
#[context_var]
static USER: u64;
#[context_var]
static LANGUAGE: String = "en".to_owned();

fn baggage() -> Baggage {
    Baggage::new()
        .with("tenant", &TENANT)
        .with("user.id", &USER)
        .with("language", &LANGUAGE)
}

fn headers(value: &str) -> HashMap<String, String> {
    HashMap::from([("baggage".to_owned(), value.to_owned())])
}

/// The header that a tenant is sent in.
fn sent(tenant: &str) -> Option<String> {
    let mut headers = HashMap::<String, String>::new();
    let mut context = Context::new().with(&TENANT, tenant.to_owned());
    let left_out = context.run(|| baggage().inject(&mut headers));
    assert!(left_out.is_empty() || headers.is_empty());
    headers.remove("baggage")
}

#[test]
fn all_bytes_but_the_unreserved_are_percent_encoded_in_upper_case() {
    assert_eq!(sent("Aa0-._~").unwrap(), "tenant=Aa0-._~");
    assert_eq!(
        sent("a b+c=d;e,f%\u{e9}\u{1f600}\n").unwrap(),
        "tenant=a%20b%2Bc%3Dd%3Be%2Cf%25%C3%A9%F0%9F%98%80%0A"
    );
}

#[test]
fn what_is_not_bound_is_not_sent_and_a_default_is_not_bound() {
    let mut carrier = HashMap::<String, String>::new();
    assert!(baggage().inject(&mut carrier).is_empty());
    assert!(carrier.is_empty());
}

#[test]
fn members_of_others_stay_and_ours_are_replaced() {
    let mut carrier = headers(" a=1;p=%20 ; q ,tenant=mallory;p=1,,\tuser.id = 3,b= x%2c ");
    let mut context = Context::new().with(&TENANT, "acme".to_owned());
    assert!(context.run(|| baggage().inject(&mut carrier)).is_empty());
    assert_eq!(carrier["baggage"], "a=1;p=%20 ; q,b= x%2c,tenant=acme");
}

#[test]
fn what_was_sent_is_read() {
    let mut carrier: Vec<(String, String)> = vec![("BAGGAGE".to_owned(), "a=1".to_owned())];
    let mut context = Context::new().with(&TENANT, " \u{e9} ".to_owned()).with(&USER, 7);
    assert!(context.run(|| baggage().inject(&mut carrier)).is_empty());
    assert_eq!(
        carrier,
        [("baggage".to_owned(), "a=1,tenant=%20%C3%A9%20,user.id=7".to_owned())]
    );
    let received = baggage().extract(&carrier);
    assert!(received.rejected.is_empty());
    assert_eq!(received.context.get(&TENANT).unwrap(), " \u{e9} ");
    assert_eq!(received.context.get(&USER), Some(&7));
    assert_eq!(received.context.get(&LANGUAGE), None);
}

#[test]
fn an_empty_value_is_left_out() {
    let mut carrier = http::HeaderMap::new();
    let left_out = TENANT.sync_scope(String::new(), || baggage().inject(&mut carrier));
    assert_eq!((left_out[0].name, left_out[0].reason), ("tenant", LeftOutReason::Empty));
    let mut values = 0;
    carrier.read("baggage", &mut |_| values += 1);
    assert_eq!(values, 0);
}
