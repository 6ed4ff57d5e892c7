//! The writer: one line of what others have in the carrier and of what is bound here.

use super::left_out::{LeftOut, LeftOutReason};
use super::limits::Limits;
use super::list::members;
use super::member::{Content, Member, position};
use super::percent::Encoder;
use std::fmt::Write as _;
use std::panic::Location;
use std::time::SystemTime;

/// A line that is being written.
pub(super) struct Line {
    bytes: Vec<u8>,
    members: usize,
}

impl Line {
    /// An empty one. To grow it costs as much as to write it, so it has room for members of usual length.
    pub(super) fn new(ours: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(ours * 32),
            members: 0,
        }
    }

    /// Adds those members of a line that are not ours, byte for byte.
    pub(super) fn keep_others(&mut self, ours: &[Member], line: &[u8]) {
        for member in members(line) {
            if position(ours, 0, member.name).is_none() {
                self.separate();
                self.bytes.extend_from_slice(member.whole);
                self.members += 1;
            }
        }
    }

    /// Adds what is bound in the current context, as far as it fits, and returns what is left out.
    pub(super) fn add_ours(
        &mut self,
        ours: &[Member],
        limits: &Limits,
        place: &'static Location<'static>,
    ) -> Vec<LeftOut> {
        let mut left_out = Vec::new();
        for member in ours {
            let before = self.bytes.len();
            if let Err(reason) = self.add(member, limits, place) {
                self.bytes.truncate(before);
                left_out.extend(reason.map(|reason| LeftOut {
                    name: member.name,
                    reason,
                }));
            }
        }
        left_out
    }

    /// Adds a member of ours. If there is nothing to add, the error is `None`. After an error the line has to be
    /// truncated.
    fn add(
        &mut self,
        member: &Member,
        limits: &Limits,
        place: &'static Location<'static>,
    ) -> Result<(), Option<LeftOutReason>> {
        self.separate();
        let end = self.bytes.len().saturating_add(limits.member_bytes);
        self.bytes.extend_from_slice(member.name.as_bytes());
        self.bytes.push(b'=');
        let empty = self.bytes.len();
        let mut encoder = Encoder::new(&mut self.bytes, end);
        let written = match &member.content {
            Content::Variable(codec) => codec.write(place, &mut encoder).ok_or(None)?,
            Content::SentAt => write!(encoder, "{}", milliseconds(SystemTime::now())),
        };
        if encoder.is_full() {
            return Err(Some(LeftOutReason::TooLong(limits.member_bytes)));
        }
        written.map_err(|_| Some(LeftOutReason::Unwritable))?;
        if self.bytes.len() == empty {
            return Err(Some(LeftOutReason::Empty));
        }
        if self.members >= limits.members {
            return Err(Some(LeftOutReason::TooMany(limits.members)));
        }
        if self.bytes.len() > limits.bytes {
            return Err(Some(LeftOutReason::NoRoom(limits.bytes)));
        }
        self.members += 1;
        Ok(())
    }

    fn separate(&mut self) {
        if !self.bytes.is_empty() {
            self.bytes.push(b',');
        }
    }

    /// What was written, or `None` if nothing was.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        (!self.bytes.is_empty()).then_some(self.bytes)
    }
}

/// Since the Unix epoch. A clock before it counts as at it.
fn milliseconds(time: SystemTime) -> u128 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis())
}
