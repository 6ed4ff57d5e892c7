//! The reader: the last member of each of our names, decoded and set in the current context.

use super::limits::Limits;
use super::list::members;
use super::member::{Content, Member, position};
use super::percent::decode;
use super::rejected::{Rejected, RejectedReason};
use std::panic::Location;
use std::time::{Duration, SystemTime};

/// What the lines have under one of our names.
#[derive(Clone, Default)]
struct Found<'a> {
    last: Option<&'a [u8]>,
    is_replaced: bool,
    /// Whether one of them has no `=`.
    lacks_value: bool,
}

/// Collects what is ours, line by line. It takes memory for each of our names, and none for what is not ours.
pub(super) struct Reader<'a, 'm> {
    ours: &'m [Member],
    found: Vec<Found<'a>>,
    expected: usize,
}

/// What became of it.
#[derive(Default)]
pub(super) struct Report {
    pub(super) rejected: Vec<Rejected>,
    pub(super) age: Option<Duration>,
}

impl<'a, 'm> Reader<'a, 'm> {
    pub(super) fn new(ours: &'m [Member]) -> Self {
        Self {
            ours,
            found: Vec::new(),
            expected: 0,
        }
    }

    pub(super) fn read(&mut self, line: &'a [u8]) {
        for member in members(line) {
            let Some(position) = position(self.ours, self.expected, member.name) else {
                continue;
            };
            self.expected = position + 1;
            if self.found.is_empty() {
                self.found.resize(self.ours.len(), Found::default());
            }
            let found = &mut self.found[position];
            match member.value {
                Some(value) => found.is_replaced |= found.last.replace(value).is_some(),
                None => found.lacks_value = true,
            }
        }
    }

    /// Sets the variables in the current context, which somebody has entered.
    pub(super) fn set(self, limits: &Limits, is_plus_space: bool, place: &'static Location<'static>) -> Report {
        let mut report = Report::default();
        for (member, found) in self.ours.iter().zip(self.found) {
            let mut reject = |reason| {
                let name = member.name;
                report.rejected.push(Rejected { name, reason });
            };
            if found.lacks_value {
                reject(RejectedReason::NoValue);
            }
            if found.is_replaced {
                reject(RejectedReason::Replaced);
            }
            let Some(value) = found.last else {
                continue;
            };
            if member.name.len() + 1 + value.len() > limits.member_bytes {
                reject(RejectedReason::TooLong(limits.member_bytes));
                continue;
            }
            let Some(text) = decode(value, is_plus_space) else {
                reject(RejectedReason::NotUtf8);
                continue;
            };
            let refused = match &member.content {
                Content::Variable(codec) => codec.read(place, &text),
                Content::SentAt => age(&text).map(|age| report.age = Some(age)),
            };
            if let Err(reason) = refused {
                let reason = if member.is_secret { String::new() } else { reason };
                let name = member.name;
                let reason = RejectedReason::Refused(reason);
                report.rejected.push(Rejected { name, reason });
            }
        }
        report
    }
}

/// How long ago a time was, in milliseconds since the Unix epoch.
fn age(sent_at: &str) -> Result<Duration, String> {
    let milliseconds = sent_at
        .parse()
        .map_err(|error| format!("not a time in milliseconds: {error}"))?;
    let sent_at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds));
    let sent_at = sent_at.ok_or("not a time that a clock can show")?;
    Ok(sent_at.elapsed().unwrap_or_default())
}
