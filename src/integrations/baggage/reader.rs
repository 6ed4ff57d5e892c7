//! The reader: the last member of each of our names, decoded and set in the current context.

use super::limits::Limits;
use super::list::members;
use super::member::{Content, Member, position};
use super::percent::decode;
use super::rejected::{Rejected, RejectedReason};
use std::borrow::Cow;
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
        let Report { mut rejected, mut age } = Report::default();
        for (member, found) in self.ours.iter().zip(self.found) {
            let mut reject = |reason| {
                let name = member.name;
                rejected.push(Rejected { name, reason });
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
            let taken = text_of(member, value, limits, is_plus_space).and_then(|text| {
                let taken = match &member.content {
                    Content::Variable(codec) => codec.read(place, &text),
                    Content::SentAt => age_of(&text).map(|of_this| age = Some(of_this)),
                };
                taken.map_err(|reason| refused(member, reason))
            });
            taken.unwrap_or_else(reject);
        }
        Report { rejected, age }
    }
}

fn text_of<'a>(
    member: &Member,
    value: &'a [u8],
    limits: &Limits,
    is_plus_space: bool,
) -> Result<Cow<'a, str>, RejectedReason> {
    if member.name.len() + 1 + value.len() > limits.member_bytes {
        return Err(RejectedReason::TooLong(limits.member_bytes));
    }
    decode(value, is_plus_space).ok_or(RejectedReason::NotUtf8)
}

/// An error may quote the value that it refuses.
fn refused(member: &Member, reason: String) -> RejectedReason {
    RejectedReason::Refused(if member.is_secret { String::new() } else { reason })
}

/// How long ago a time was, in milliseconds since the Unix epoch.
fn age_of(sent_at: &str) -> Result<Duration, String> {
    let milliseconds = sent_at
        .parse()
        .map_err(|error| format!("not a time in milliseconds: {error}"))?;
    let sent_at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds));
    let sent_at = sent_at.ok_or("not a time that a clock can show")?;
    Ok(sent_at.elapsed().unwrap_or_default())
}
