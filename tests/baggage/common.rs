//! The variables that the tests send, and how they send them.

use contextvars::baggage::{Baggage, LeftOut, LeftOutReason, Received, RejectedReason};
use contextvars::{Context, context_var};

#[context_var]
pub(crate) static TENANT: String;
#[context_var]
pub(crate) static USER: u64;
#[context_var]
pub(crate) static LANGUAGE: String = "en".to_owned();

pub(crate) fn baggage() -> Baggage {
    Baggage::new()
        .with("tenant", &TENANT)
        .with("user.id", &USER)
        .with("language", &LANGUAGE)
}

pub(crate) fn tenant(tenant: &str) -> Context {
    Context::new().with(&TENANT, tenant.to_owned())
}

/// What a context adds to the lines that a carrier has, and what is left out.
pub(crate) fn injected(baggage: &Baggage, context: &Context, lines: &[&str]) -> (Option<String>, Vec<LeftOut>) {
    let mut carrier: Vec<_> = lines
        .iter()
        .map(|line| ("baggage".to_owned(), (*line).to_owned()))
        .collect();
    let left_out = context.clone().run(|| baggage.inject(&mut carrier));
    assert!(carrier.len() < 2, "one line: {carrier:?}");
    (carrier.pop().map(|(_, line)| line), left_out)
}

/// The line that a tenant is sent in.
pub(crate) fn sent(value: &str) -> Option<String> {
    injected(&baggage(), &tenant(value), &[]).0
}

pub(crate) fn received(line: &str) -> Received {
    baggage().extract_lines([line])
}

/// The tenant that a line has, where nothing of it is rejected.
pub(crate) fn read(line: &str) -> Option<String> {
    let received = received(line);
    assert_eq!(received.rejected, []);
    received.context.get(&TENANT).cloned()
}

pub(crate) fn names_and_reasons(left_out: &[LeftOut]) -> Vec<(&str, LeftOutReason)> {
    left_out
        .iter()
        .map(|left_out| (left_out.name, left_out.reason))
        .collect()
}

pub(crate) fn rejections(received: &Received) -> Vec<(&str, RejectedReason)> {
    let rejected = received.rejected.iter();
    rejected
        .map(|rejected| (rejected.name, rejected.reason.clone()))
        .collect()
}
