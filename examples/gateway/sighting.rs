//! What one stage of a request saw when it asked who is signed in: taken on the server, sent in the
//! reply, judged by the client.

use std::{error::Error, fmt, str::FromStr};

use crate::{carrier, user::User};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The middleware, having turned a forged token away.
    Refusal,
    /// The handler, before the first `.await` that yields.
    Entry,
    /// The data layer, one, two and three calls deep, each after a hop.
    Table,
    Query,
    Fetch,
    /// The job in `spawn_blocking`.
    Job,
    /// The handler again, with everything awaited.
    Exit,
    /// The spawned task, which may outlive the request.
    Audit,
}

impl Stage {
    pub(crate) const ALL: [Self; 8] = [
        Self::Refusal,
        Self::Entry,
        Self::Table,
        Self::Query,
        Self::Fetch,
        Self::Job,
        Self::Exit,
        Self::Audit,
    ];
    pub(crate) const OF_A_REFUSAL: &[Self] = &[Self::Refusal];
    pub(crate) const OF_A_REPLY: &[Self] = &[
        Self::Entry,
        Self::Table,
        Self::Query,
        Self::Fetch,
        Self::Job,
        Self::Exit,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::Entry => "entry",
            Self::Table => "table",
            Self::Query => "query",
            Self::Fetch => "fetch",
            Self::Job => "job",
            Self::Exit => "exit",
            Self::Audit => "audit",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    pub(crate) stage: Stage,
    pub(crate) user: Option<User>,
}

impl Sighting {
    pub(crate) fn at(stage: Stage) -> Self {
        Self {
            stage,
            user: carrier::user(),
        }
    }
}

impl fmt::Display for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.stage.name())?;
        self.user.map_or(Ok(()), |user| write!(f, " {user}"))
    }
}

impl FromStr for Sighting {
    type Err = Box<dyn Error + Send + Sync>;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (name, user) = match line.split_once(' ') {
            Some((name, user)) => (name, Some(user.parse()?)),
            None => (line, None),
        };
        let stage = Stage::ALL.into_iter().find(|stage| stage.name() == name);
        let stage = stage.ok_or_else(|| format!("unknown stage `{name}`"))?;
        Ok(Self { stage, user })
    }
}
