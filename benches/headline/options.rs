//! The command line.

use std::{fmt, time::Duration};

use crate::role::Role;

pub(crate) const USAGE: &str = "\
usage: headline [connections|migration|overhead|all] [OPTION]...

  --connections N        connections of `connections`, over TCP no more than fit (default: 50000)
  --rounds N             requests on each of them (default: 2)
  --migration-seconds S  a server's turn in `migration`; there are 36 of them (default: 2)
  --overhead-seconds S   what each server in a group of `overhead` is measured (default: 3)
  --groups N             groups of three servers in `overhead` (default: 10)
  --help                 print this";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Connections,
    Migration,
    Overhead,
}

impl Part {
    const ALL: [Self; 3] = [Self::Connections, Self::Migration, Self::Overhead];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Migration => "migration",
            Self::Overhead => "overhead",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) parts: Vec<Part>,
    pub(crate) connections: u32,
    pub(crate) rounds: u32,
    pub(crate) migration: Duration,
    pub(crate) overhead: Duration,
    pub(crate) groups: u32,
}

#[derive(Debug)]
pub(crate) enum Command {
    Help,
    /// What the program starts itself for.
    Play(Role),
    Run(Options),
}

#[derive(Debug)]
pub(crate) enum Misuse {
    Unknown(String),
    BadNumber(String),
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(word) => write!(f, "unknown argument `{word}`"),
            Self::BadNumber(option) => write!(f, "`{option}` takes a whole number above zero"),
        }
    }
}

impl std::error::Error for Misuse {}

pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Command, Misuse> {
    let args: Vec<_> = args.collect();
    if let Some(role) = Role::parse(&args) {
        return Ok(Command::Play(role));
    }
    let mut options = Options {
        parts: Part::ALL.to_vec(),
        connections: 50_000,
        rounds: 2,
        migration: Duration::from_secs(2),
        overhead: Duration::from_secs(3),
        groups: 10,
    };
    let mut words = args.into_iter();
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().and_then(|value| value.parse::<u32>().ok());
            value
                .filter(|&number| number > 0)
                .ok_or_else(|| Misuse::BadNumber(word.clone()))
        };
        match word.as_str() {
            // One alone has nobody to be mistaken for.
            "--connections" => options.connections = number()?.max(2),
            "--rounds" => options.rounds = number()?,
            "--migration-seconds" => options.migration = Duration::from_secs(number()?.into()),
            "--overhead-seconds" => options.overhead = Duration::from_secs(number()?.into()),
            "--groups" => options.groups = number()?,
            "--help" | "-h" => return Ok(Command::Help),
            "all" => options.parts = Part::ALL.to_vec(),
            name => match Part::ALL.into_iter().find(|part| part.name() == name) {
                Some(part) => options.parts = vec![part],
                None => return Err(Misuse::Unknown(word)),
            },
        }
    }
    Ok(Command::Run(options))
}
