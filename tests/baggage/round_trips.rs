//! Whatever is sent is read as it was, and whatever is read does no harm.

use crate::common::{LANGUAGE, TENANT, USER, baggage, injected};
use contextvars::Context;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_was_sent_is_read_exactly(tenant in any::<String>(), user in any::<u64>(), language in "\\PC{1,40}") {
        let context = Context::new()
            .with(&TENANT, tenant.clone())
            .with(&USER, user)
            .with(&LANGUAGE, language.clone());
        let (line, left_out) = injected(&baggage(), &context, &["theirs=1;p"]);
        let line = line.expect("a user");
        prop_assert!(line.is_ascii() && line.bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert!(line.starts_with("theirs=1;p,"));
        prop_assert_eq!(left_out.len(), usize::from(tenant.is_empty()));
        let received = baggage().extract_lines([line.as_str()]);
        prop_assert_eq!(received.rejected, []);
        prop_assert_eq!(received.context.get(&TENANT), (!tenant.is_empty()).then_some(&tenant));
        prop_assert_eq!(received.context.get(&USER), Some(&user));
        prop_assert_eq!(received.context.get(&LANGUAGE), Some(&language));
    }

    #[test]
    fn whatever_is_read_does_no_harm(
        lines in vec(vec(prop_oneof![
            Just(b"tenant".to_vec()), Just(b"user.id".to_vec()), Just(b"=".to_vec()), Just(b",".to_vec()),
            Just(b";".to_vec()), Just(b"%".to_vec()), Just(b" ".to_vec()), Just(b"%41".to_vec()), vec(any::<u8>(), 0..4),
        ], 0..20), 0..4),
    ) {
        let lines: Vec<Vec<u8>> = lines.into_iter().map(|parts| parts.concat()).collect();
        let received = baggage().extract_lines(&lines);
        // And it can be sent on.
        let mut carrier: Vec<_> = lines.into_iter().map(|line| ("baggage".to_owned(), line)).collect();
        let mut context = received.context.clone();
        let left_out = context.run(|| baggage().inject(&mut carrier));
        let again = baggage().extract(&carrier);
        let is_sent = left_out.iter().all(|left_out| left_out.name != "tenant");
        let tenant = received.context.get(&TENANT).filter(|_| is_sent);
        prop_assert_eq!(again.context.get(&TENANT), tenant);
        prop_assert_eq!(again.rejected, []);
    }
}
