//! What is made of a header that is received.

use crate::common::{LANGUAGE, TENANT, USER, baggage, read, received, rejections, tenant};
use contextvars::Context;
use contextvars::baggage::{Baggage, RejectedReason};
use std::time::Duration;

#[test]
fn values_are_decoded_and_blanks_and_tabs_around_them_are_not_theirs() {
    assert_eq!(read("tenant=acme").as_deref(), Some("acme"));
    assert_eq!(read(" \ttenant \t=\t acme\t ;p=1").as_deref(), Some("acme"));
    assert_eq!(read("tenant=%20%C3%a9%09").as_deref(), Some(" \u{e9}\t"));
    assert_eq!(read("tenant=a=b=c").as_deref(), Some("a=b=c"));
    assert_eq!(read("tenant=").as_deref(), Some(""));
    assert_eq!(read("tenant=\u{e9}").as_deref(), Some("\u{e9}"));
}

/// <https://www.w3.org/TR/baggage/#examples-of-http-headers>, with names of ours for theirs.
#[test]
fn the_examples_of_the_recommendation_are_read() {
    let context = received("tenant=Am%C3%A9lie,user.id=28,language=false").context;
    assert_eq!(context.get(&TENANT), Some(&"Am\u{e9}lie".to_owned()));
    assert_eq!(
        (context.get(&USER), context.get(&LANGUAGE)),
        (Some(&28), Some(&"false".to_owned()))
    );
    let context =
        received("key1=value1;property1;property2, tenant = DF%2028, user.id=3; propertyKey=propertyValue").context;
    assert_eq!(
        (context.get(&TENANT), context.get(&USER)),
        (Some(&"DF 28".to_owned()), Some(&3))
    );
    assert_eq!(read("tenant =   alice").as_deref(), Some("alice"));
    let context = baggage()
        .extract_lines(["tenant=alice", "user.id=28,language=false"])
        .context;
    assert_eq!(context.len(), 3);
}

#[test]
fn a_member_ends_at_the_first_semicolon() {
    assert_eq!(read("tenant=acme;=;tenant=x").as_deref(), Some("acme"));
    assert_eq!(read("a;tenant=x"), None);
}

#[test]
fn a_percent_that_encodes_nothing_is_text() {
    for text in ["%", "100%", "%4", "%zz", "%%", "%4g", "a%2"] {
        assert_eq!(read(&format!("tenant={text}")).as_deref(), Some(text));
    }
    assert_eq!(read("tenant=%%41%4").as_deref(), Some("%A%4"));
}

#[test]
fn a_plus_is_a_plus_unless_told_otherwise() {
    assert_eq!(read("tenant=a+b%2B").as_deref(), Some("a+b+"));
    let context = baggage().plus_is_space(true).extract_lines(["tenant=a+b%2B"]).context;
    assert_eq!(context.get(&TENANT), Some(&"a b+".to_owned()));
}

#[test]
fn all_lines_count_as_one() {
    let received = baggage().extract_lines(["tenant=acme", "", "user.id=7,language=cs"]);
    let context = received.context;
    assert_eq!(context.get(&TENANT), Some(&"acme".to_owned()));
    assert_eq!(
        (context.get(&USER), context.get(&LANGUAGE)),
        (Some(&7), Some(&"cs".to_owned()))
    );
}

#[test]
fn the_last_of_one_name_counts() {
    let received = baggage().extract_lines(["tenant=a,tenant=b", "tenant=c"]);
    assert_eq!(received.context.get(&TENANT), Some(&"c".to_owned()));
    assert_eq!(rejections(&received), [("tenant", RejectedReason::Replaced)]);
}

/// An earlier one would be a second opinion about an identity.
#[test]
fn the_last_of_one_name_counts_even_if_it_is_rejected() {
    let received = received("user.id=7,user.id=x");
    assert_eq!(received.context.get(&USER), None);
    let refused = RejectedReason::Refused("invalid digit found in string".to_owned());
    assert_eq!(
        rejections(&received),
        [("user.id", RejectedReason::Replaced), ("user.id", refused)]
    );
}

#[test]
fn a_bad_member_costs_itself_alone() {
    let line = "user.id=seven,=,;,,tenant,tenant=acme,==,language=%FF";
    let received = received(line);
    assert_eq!(received.context.get(&TENANT), Some(&"acme".to_owned()));
    assert_eq!(received.context.len(), 1);
    let refused = RejectedReason::Refused("invalid digit found in string".to_owned());
    assert_eq!(
        rejections(&received),
        [
            ("tenant", RejectedReason::NoValue),
            ("user.id", refused),
            ("language", RejectedReason::NotUtf8)
        ]
    );
}

#[test]
fn what_is_rejected_stays_as_it_is_in_the_current_context() {
    let received = USER.sync_scope(3, || received("user.id=x,tenant=acme"));
    assert_eq!(received.context.get(&USER), Some(&3));
    assert_eq!(received.context.get(&TENANT), Some(&"acme".to_owned()));
}

#[test]
fn what_is_read_is_added_to_the_current_context_which_stays_as_it_is() {
    let mut current = tenant("x").with(&LANGUAGE, "cs".to_owned());
    let received = current.run(|| {
        let received = received("tenant=acme");
        assert_eq!(TENANT.get().as_deref(), Some("x"));
        received
    });
    assert_eq!(received.context.get(&TENANT), Some(&"acme".to_owned()));
    assert_eq!(received.context.get(&LANGUAGE), Some(&"cs".to_owned()));
}

#[test]
fn nothing_to_read_is_the_current_context() {
    let received = received("theirs=1");
    assert!(received.context.is_empty());
    assert!(received.rejected.is_empty());
}

#[test]
fn a_context_says_where_it_was_received() {
    let received = baggage().extract_lines(["tenant=acme"]);
    let line = line!() - 1;
    let (_, _, place) = received.context.iter().next().unwrap();
    assert_eq!((place.file(), place.line()), (file!(), line));
}

#[test]
fn reasons_are_shown_in_one_line_whatever_was_sent() {
    let refusing = Baggage::new().with_codec("tenant", &TENANT, String::clone, |text| {
        Err::<String, _>(format!("no such tenant: {text}"))
    });
    let received = refusing.extract_lines(["tenant=a%0Aroot signed in"]);
    assert_eq!(
        received.rejected[0].to_string(),
        r"`tenant` is rejected: its value is refused: no such tenant: a\nroot signed in"
    );
}

#[test]
fn the_age_of_a_message_is_told_if_it_carries_a_time() {
    let baggage = baggage().with_sent_at("sent");
    let mut job = Vec::<(String, String)>::new();
    Context::new().run(|| baggage.inject(&mut job));
    std::thread::sleep(Duration::from_millis(20));
    let age = baggage.extract(&job).age.unwrap();
    assert!(
        (Duration::from_millis(19)..Duration::from_secs(60)).contains(&age),
        "{age:?}"
    );

    assert_eq!(baggage.extract_lines(["a=1"]).age, None);
    // The year 2286: the sender's clock is ahead.
    assert_eq!(baggage.extract_lines(["sent=9999999999999"]).age, Some(Duration::ZERO));
    for no_time in ["x", "-1", "1.5", "18446744073709551616", ""] {
        let received = baggage.extract_lines([format!("sent={no_time}").as_str()]);
        assert_eq!(received.age, None);
        assert!(matches!(
            &rejections(&received)[..],
            [("sent", RejectedReason::Refused(_))]
        ));
    }
    assert!(
        baggage
            .extract_lines([format!("sent={}", u64::MAX).as_str()])
            .age
            .is_some_and(|age| age.is_zero())
    );
}
