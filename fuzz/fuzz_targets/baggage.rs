//! The reader and the writer of the `baggage` header: every input is read without a panic, and what is written is read as it
//! was.
//!
//! `cargo +nightly fuzz run baggage -- -max_total_time=1200`

#![no_main]

use arbitrary::Arbitrary;
use contextvars::baggage::Baggage;
use contextvars::{Context, context_var};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

#[context_var]
static TENANT: String;
#[context_var]
static USER: i64;
#[context_var(redact)]
static TOKEN: String;

static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| {
    Baggage::new()
        .with("tenant", &TENANT)
        .with("user.id", &USER)
        .with_secret("token", &TOKEN)
        .with_sent_at("sent")
        // So that the inputs reach them.
        .max_members(16)
        .max_member_bytes(200)
        .max_bytes(700)
});

/// What a carrier has, and what is sent in it.
#[derive(Arbitrary, Debug)]
struct Input<'a> {
    lines: Vec<&'a [u8]>,
    tenant: Option<&'a str>,
    user: Option<i64>,
    token: Option<&'a str>,
}

type Carrier = Vec<(String, Vec<u8>)>;

fn only_line(carrier: &Carrier) -> &[u8] {
    assert_eq!(carrier.len(), 1);
    &carrier[0].1
}

/// The members of others, each without the blanks around it, as they are to be after a hop.
fn others(line: &[u8]) -> Vec<&[u8]> {
    let is_ours = |member: &&[u8]| {
        let name = member.split(|byte| b"=;".contains(byte)).next().unwrap_or_default();
        [&b"tenant"[..], b"user.id", b"token", b"sent"].contains(&name.trim_ascii_blanks())
    };
    let members = line.split(|byte| *byte == b',').map(Blanks::trim_ascii_blanks);
    members
        .filter(|member| !member.is_empty() && !is_ours(member))
        .collect()
}

trait Blanks {
    fn trim_ascii_blanks(&self) -> &Self;
}

impl Blanks for [u8] {
    fn trim_ascii_blanks(&self) -> &[u8] {
        let is_text = |byte: &u8| !b" \t".contains(byte);
        let Some(start) = self.iter().position(is_text) else {
            return &[];
        };
        let end = self.iter().rposition(is_text).map_or(0, |last| last + 1);
        &self[start..end]
    }
}

fuzz_target!(|input: Input<'_>| {
    let mut carrier: Carrier = input
        .lines
        .iter()
        .map(|line| ("Baggage".to_owned(), line.to_vec()))
        .collect();
    let all: Vec<u8> = input.lines.join(&b","[..]);

    // Whatever is there is read, by lines or from the carrier, with the same result.
    let received = BAGGAGE.extract(&carrier);
    let by_lines = BAGGAGE.extract_lines(input.lines.iter().copied());
    assert_eq!(received.rejected, by_lines.rejected);
    assert_eq!(received.context.get(&TENANT), by_lines.context.get(&TENANT));
    assert!(received.rejected.len() <= 12);
    for rejected in &received.rejected {
        assert!(!rejected.to_string().contains('\n'));
    }

    let mut context = Context::new();
    if let Some(tenant) = input.tenant {
        context = context.with(&TENANT, tenant.to_owned());
    }
    if let Some(user) = input.user {
        context = context.with(&USER, user);
    }
    if let Some(token) = input.token {
        context = context.with(&TOKEN, token.to_owned());
    }
    let left_out = context.run(|| BAGGAGE.inject(&mut carrier));
    let is_left_out = |name| left_out.iter().any(|left_out| left_out.name == name);

    // What others have there stays, byte for byte and in its order.
    let before = others(&all);
    if carrier.is_empty() {
        assert!(before.is_empty() && is_left_out("sent"));
    } else {
        assert_eq!(others(only_line(&carrier)), before);
    }

    // What was sent is read as it was.
    let received = BAGGAGE.extract(&carrier);
    assert_eq!(received.rejected, []);
    assert_eq!(received.age.is_none(), is_left_out("sent"));
    let tenant = context.get(&TENANT).filter(|_| !is_left_out("tenant"));
    assert_eq!(received.context.get(&TENANT), tenant);
    let user = context.get(&USER).filter(|_| !is_left_out("user.id"));
    assert_eq!(received.context.get(&USER), user);
    let token = context.get(&TOKEN).filter(|_| !is_left_out("token"));
    assert_eq!(received.context.get(&TOKEN), token);

    // To send it once more changes nothing but the time.
    let once: Vec<u8> = only_line_or_empty(&carrier);
    context.run(|| BAGGAGE.inject(&mut carrier));
    assert_eq!(others(&once), others(&only_line_or_empty(&carrier)));
});

fn only_line_or_empty(carrier: &Carrier) -> Vec<u8> {
    if carrier.is_empty() {
        Vec::new()
    } else {
        only_line(carrier).to_vec()
    }
}
