//! What SECURITY.md promises of values that come from another process, or go to one.

use crate::common::{LANGUAGE, TENANT, USER, baggage, injected, read, received, rejections, sent, tenant};
use contextvars::Context;
use contextvars::baggage::{Baggage, RejectedReason};
use contextvars::context_var;
use http::HeaderMap;

#[context_var(redact)]
static TOKEN: String;
#[context_var(redact)]
static PIN: u16;

#[test]
fn names_that_are_not_ours_are_ignored() {
    let received = received("TOKEN=x,Tenant=x,tenant%20=x,t%65nant=x,tenantx=x,admin=true,__proto__=1");
    assert!(received.context.is_empty());
    assert_eq!(received.rejected, []);
}

#[test]
fn what_is_not_named_is_not_sent() {
    let context = tenant("acme").with(&TOKEN, "hunter2".to_owned());
    assert_eq!(injected(&baggage(), &context, &[]).0.unwrap(), "tenant=acme");
}

#[test]
fn what_is_redacted_is_sent_where_it_is_named_as_a_secret() {
    let baggage = Baggage::new().with_secret("token", &TOKEN);
    let context = Context::new().with(&TOKEN, "hunter2".to_owned());
    assert_eq!(injected(&baggage, &context, &[]).0.unwrap(), "token=hunter2");
    let received = baggage.extract_lines(["token=hunter2"]);
    assert_eq!(received.context.get(&TOKEN).unwrap(), "hunter2");
    assert!(!format!("{received:#?}").contains("hunter2"));
}

#[test]
fn a_report_shows_nothing_of_a_secret() {
    let from_text = |text: &str| Err::<u16, _>(format!("{text} is no number"));
    let baggage = Baggage::new().with_secret_codec("pin", &PIN, u16::to_string, from_text);
    let received = baggage.extract_lines(["pin=12x4"]);
    assert_eq!(rejections(&received), [("pin", RejectedReason::Refused(String::new()))]);
    assert_eq!(
        received.rejected[0].to_string(),
        "`pin` is rejected: its value is refused"
    );
    let received = Baggage::new().with_secret("pin", &PIN).extract_lines(["pin=12x4"]);
    assert!(!format!("{:?}", received.rejected).contains("12x4"));
}

#[test]
fn what_is_too_long_is_rejected() {
    let longest = "x".repeat(4096 - "tenant=".len());
    assert_eq!(read(&format!("tenant={longest};p=1")).unwrap(), longest);
    let received = received(&format!("tenant={longest}x,user.id=7"));
    assert_eq!(rejections(&received), [("tenant", RejectedReason::TooLong(4096))]);
    assert_eq!(
        (received.context.get(&TENANT), received.context.get(&USER)),
        (None, Some(&7))
    );
}

#[test]
fn a_name_that_is_there_twice_is_reported() {
    let received = received("tenant=acme,a=1,tenant=mallory");
    assert_eq!(rejections(&received), [("tenant", RejectedReason::Replaced)]);
}

#[test]
fn what_is_not_utf_8_is_rejected_and_the_rest_is_exact() {
    for bytes in [
        &b"tenant=\xff"[..],
        b"tenant=%FF",
        b"tenant=%C3",
        b"tenant=%ED%A0%80",
        b"tenant=%C0%AF",
    ] {
        let received = baggage().extract_lines([bytes]);
        assert_eq!(rejections(&received), [("tenant", RejectedReason::NotUtf8)]);
        assert!(received.context.is_empty());
    }
    assert_eq!(read("tenant=%EF%BF%BD").unwrap(), "\u{fffd}");
}

/// A value with the end of a line, of a header or of a member in it stays one value.
#[test]
fn a_value_cannot_leave_its_place() {
    let hostile = [
        "x\r\nset-cookie: admin=1",
        "x,tenant=mallory",
        "x;p=1",
        "x\0",
        "%0d%0a",
        "\u{85}\u{2028}",
        " x ",
        "=",
    ];
    for value in hostile {
        let line = sent(value).unwrap();
        let encoded = line.strip_prefix("tenant=").unwrap();
        assert!(
            encoded
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte))
        );
        assert_eq!(read(&line).unwrap(), value);

        let mut headers = HeaderMap::new();
        assert!(tenant(value).run(|| baggage().inject(&mut headers)).is_empty());
        assert_eq!(headers.len(), 1);
        assert_eq!(headers["baggage"], line);
    }
}

/// What came in as one of our names does not go out again beside what counts.
#[test]
fn a_forwarded_header_cannot_carry_another_identity() {
    let forwarded = "tenant=mallory,user.id=1;p=1,language=%63";
    let (line, _) = injected(&baggage(), &tenant("acme"), &[forwarded]);
    assert_eq!(line.unwrap(), "tenant=acme");
    let context = tenant("acme").with(&LANGUAGE, String::new());
    let (line, _) = injected(&baggage(), &context, &[forwarded]);
    assert_eq!(line.unwrap(), "tenant=acme");
}
