//! What a header of any length takes: time in proportion, and memory for what is ours alone.

use crate::common::{TENANT, USER, baggage, rejections, tenant};
use contextvars::baggage::{Baggage, RejectedReason};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const MIB: usize = 1 << 20;

/// The headers that cost a careless reader most, each of so many bytes.
fn hostile(bytes: usize) -> Vec<(&'static str, String)> {
    let repeated = |text: &str| text.repeat(bytes / text.len());
    vec![
        ("commas", repeated(",")),
        ("one member", format!("tenant={}", repeated("x"))),
        ("one member of percents", format!("tenant={}", repeated("%"))),
        ("one member of encoded bytes", format!("tenant={}", repeated("%41"))),
        ("percents", repeated("%")),
        ("members", repeated("a=1,")),
        ("members with a name of ours", repeated("tenant=1,")),
        ("members without a value", repeated("tenant,")),
        ("properties", format!("tenant=acme{}", repeated(";p=1"))),
        ("blanks", format!("tenant={}", repeated(" \t"))),
        ("members of blanks", repeated(" \t,")),
        ("equals signs", repeated("=")),
        ("a name", repeated("n")),
    ]
}

#[test]
fn a_mebibyte_of_anything_is_read_without_a_panic() {
    for (what, line) in hostile(MIB) {
        let received = baggage().extract_lines([line.as_str()]);
        assert!(received.rejected.len() <= 2, "{what}: {:?}", received.rejected);
        let tenant = received.context.get(&TENANT);
        assert!(tenant.is_none_or(|tenant| tenant.len() <= 4096), "{what}");
    }
}

#[test]
fn a_quarter_of_a_million_members_leave_one_report_of_each_kind() {
    let members = "user.id=x,tenant,tenant=a,user.id,".repeat(65_536);
    let received = baggage().extract_lines([members.as_str()]);
    assert_eq!(
        rejections(&received),
        [
            ("tenant", RejectedReason::NoValue),
            ("tenant", RejectedReason::Replaced),
            ("user.id", RejectedReason::NoValue),
            ("user.id", RejectedReason::Replaced),
            (
                "user.id",
                RejectedReason::Refused("invalid digit found in string".to_owned())
            ),
        ]
    );
    assert_eq!(received.context.get(&USER), None);
}

#[test]
fn each_variable_is_parsed_once_however_often_it_is_there() {
    static PARSED: AtomicUsize = AtomicUsize::new(0);
    let from_text = |text: &str| {
        PARSED.fetch_add(1, Ordering::Relaxed);
        Ok::<_, String>(text.to_owned())
    };
    let baggage = Baggage::new().with_codec("tenant", &TENANT, String::clone, from_text);
    let received = baggage.extract_lines(["tenant=a,".repeat(100_000).as_str()]);
    assert_eq!(PARSED.load(Ordering::Relaxed), 1);
    assert_eq!(received.context.get(&TENANT).unwrap(), "a");
}

/// A value that is written for ever is stopped at the limit.
#[test]
fn no_more_of_a_value_is_formatted_than_fits() {
    use std::fmt;

    #[derive(Clone, Debug)]
    struct Endless;

    static WRITTEN: AtomicUsize = AtomicUsize::new(0);

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("x")?;
                WRITTEN.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    impl std::str::FromStr for Endless {
        type Err = &'static str;

        fn from_str(_: &str) -> Result<Self, &'static str> {
            Ok(Self)
        }
    }

    #[contextvars::context_var]
    static ENDLESS: Endless;

    let baggage = Baggage::new().with("endless", &ENDLESS);
    let mut carrier = Vec::<(String, String)>::new();
    let left_out = ENDLESS.sync_scope(Endless, || baggage.inject(&mut carrier));
    assert_eq!(left_out.len(), 1);
    assert_eq!(WRITTEN.load(Ordering::Relaxed), 4096 - "endless=".len());
}

fn time(f: impl FnOnce()) -> Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}

/// Sixteen times the bytes take sixteen times as long, and 256 times where each byte costs a look at all others.
///
/// What else runs on the machine adds to a time, and never takes from it. So the least of many runs counts, and there are
/// more of them for as long as it may be the machine.
fn assert_linear(what: &str, mut f: impl FnMut(&str), line: impl Fn(usize) -> String) {
    const SHORT: usize = 1 << 13;
    const FACTOR: usize = 16;
    const PATIENCE: Duration = Duration::from_secs(10);
    let (short, long) = (line(SHORT), line(SHORT * FACTOR));
    let (mut of_short, mut of_long) = (Duration::MAX, Duration::MAX);
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        of_short = of_short.min(time(|| f(&short)));
        of_long = of_long.min(time(|| f(&long)));
        if of_long < of_short * 64 {
            return;
        }
    }
    panic!(
        "{what}: {of_short:?} for {} bytes, and {of_long:?} for {}",
        short.len(),
        long.len()
    );
}

#[test]
fn reading_takes_time_in_proportion_to_the_length() {
    let baggage = baggage();
    for (at, (what, _)) in hostile(16).into_iter().enumerate() {
        let read = |line: &str| drop(baggage.extract_lines([line]));
        assert_linear(what, read, |bytes| hostile(bytes).swap_remove(at).1);
    }
}

#[test]
fn writing_into_what_is_there_takes_time_in_proportion_to_its_length() {
    let baggage = baggage();
    for (at, (what, _)) in hostile(16).into_iter().enumerate() {
        let write = |line: &str| {
            let mut carrier = vec![("baggage".to_owned(), line.to_owned())];
            tenant("acme").run(|| baggage.inject(&mut carrier));
        };
        assert_linear(what, write, |bytes| hostile(bytes).swap_remove(at).1);
    }
}
