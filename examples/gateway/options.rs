//! The command line.

use std::{ffi::OsString, fmt, ops::RangeInclusive, time::Duration};

use crate::carrier::Carrier;

pub(crate) const USAGE: &str = "\
usage: gateway [--carrier contextvars|thread-local] [--connections N] [--seconds S] [--workers W]

  --carrier C      what carries the signed-in user (default: contextvars)
  --connections N  concurrent keep-alive connections, two sockets each (default: 256)
  --seconds S      how long they send requests (default: 5)
  --workers W      worker threads of the runtime (default: 4)
  --help           print this";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) carrier: Carrier,
    pub(crate) connections: u32,
    pub(crate) duration: Duration,
    pub(crate) workers: usize,
}

#[derive(Debug)]
pub(crate) enum Command {
    Run(Options),
    Help,
}

#[derive(Debug)]
pub(crate) enum Misuse {
    UnknownOption(String),
    MissingValue(String),
    UnknownCarrier(String),
    BadNumber {
        option: String,
        value: String,
        range: RangeInclusive<u32>,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOption(option) => write!(f, "unknown option `{option}`"),
            Self::MissingValue(option) => write!(f, "`{option}` needs a value"),
            Self::UnknownCarrier(value) => write!(
                f,
                "unknown carrier `{value}`, expected one of: `contextvars`, `thread-local`"
            ),
            Self::BadNumber { option, value, range } => write!(
                f,
                "`{option}` takes a whole number from {} to {}, not `{value}`",
                range.start(),
                range.end()
            ),
        }
    }
}

impl std::error::Error for Misuse {}

pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Command, Misuse> {
    let mut args = args.map(|arg| arg.to_string_lossy().into_owned());
    let mut options = Options {
        carrier: Carrier::ContextVars,
        connections: 256,
        duration: Duration::from_secs(5),
        workers: 4,
    };
    while let Some(option) = args.next() {
        let mut value = || args.next().ok_or_else(|| Misuse::MissingValue(option.clone()));
        match option.as_str() {
            "--carrier" => options.carrier = carrier(value()?)?,
            "--connections" => options.connections = number(&option, value()?, 1..=65_535)?,
            "--seconds" => {
                let seconds = number(&option, value()?, 1..=86_400)?;
                options.duration = Duration::from_secs(seconds.into());
            }
            "--workers" => options.workers = number(&option, value()?, 1..=256)? as usize,
            "--help" | "-h" => return Ok(Command::Help),
            _ => return Err(Misuse::UnknownOption(option)),
        }
    }
    Ok(Command::Run(options))
}

fn carrier(value: String) -> Result<Carrier, Misuse> {
    Carrier::ALL
        .into_iter()
        .find(|carrier| carrier.name() == value)
        .ok_or(Misuse::UnknownCarrier(value))
}

fn number(option: &str, value: String, range: RangeInclusive<u32>) -> Result<u32, Misuse> {
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(Misuse::BadNumber {
            option: option.to_owned(),
            value,
            range,
        }),
    }
}
