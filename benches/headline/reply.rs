//! The reply to a request: a line for each place that asked for whom it works, and what it was told.

use std::fmt::Write as _;

use crate::identity::{RequestId, User};

/// A place in the service that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The handler, before it has awaited anything.
    Entry,
    /// Three calls deep, after the first answer of the back end.
    Table,
    /// After the second answer.
    Orders,
    /// The child task, which is spawned between the two.
    Audit,
    /// The handler again, with everything awaited.
    Exit,
}

impl Stage {
    /// In the order of the lines.
    pub(crate) const ALL: [Self; 5] = [Self::Entry, Self::Table, Self::Orders, Self::Audit, Self::Exit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Table => "table",
            Self::Orders => "orders",
            Self::Audit => "audit",
            Self::Exit => "exit",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Reply(String);

/// Stands for an identity that is not there.
pub(crate) const NOBODY: &str = "-";

impl Reply {
    pub(crate) fn saw(&mut self, stage: Stage, user: Option<User>, request_id: Option<&RequestId>) {
        let Self(text) = self;
        text.push_str(stage.name());
        match user {
            Some(user) => write!(text, " {user}"),
            None => write!(text, " {NOBODY}"),
        }
        .expect("a string takes it");
        match request_id {
            Some(request_id) => writeln!(text, " {request_id}"),
            None => writeln!(text, " {NOBODY}"),
        }
        .expect("a string takes it");
    }

    pub(crate) fn append(&mut self, Self(more): &Self) {
        self.0.push_str(more);
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
