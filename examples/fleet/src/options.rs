//! The command line.

use std::fmt::{self, Display};
use std::str::FromStr;
use std::time::Duration;

use crate::carrier::Carrier;

pub(crate) const USAGE: &str = "\
usage: fleet gateway|load|pricing|worker [option...]

  --carrier C      contextvars or thread-local: what carries the identity inside a process
  --nats URL       the NATS server            (gateway, worker)
  --pricing URL    the pricing service        (gateway)
  --route LANGS    the workers of a job, in order, such as rust,node,python (gateway, load)
  --gateway URL    whom to load               (load)
  --seconds S      for how long               (load)
  --connections N  requests under way at once (load)
  --killed         fail if no job is redelivered (load)";

#[derive(Debug)]
pub(crate) enum Command {
    Gateway,
    Load,
    Pricing,
    Worker,
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) command: Command,
    pub(crate) carrier: Carrier,
    pub(crate) nats: String,
    pub(crate) pricing: String,
    pub(crate) gateway: String,
    pub(crate) route: Vec<String>,
    pub(crate) time: Duration,
    pub(crate) connections: usize,
    pub(crate) killed: bool,
}

#[derive(Debug)]
pub(crate) enum Misuse {
    NoCommand,
    Unknown(String),
    NoValue(String),
    BadValue { option: String, value: String },
}

impl Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand => write!(f, "which part of the fleet?"),
            Self::Unknown(option) => write!(f, "unknown option `{option}`"),
            Self::NoValue(option) => write!(f, "`{option}` needs a value"),
            Self::BadValue { option, value } => write!(f, "`{option}` does not take `{value}`"),
        }
    }
}

impl Options {
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, Misuse> {
        let command = match args.next().ok_or(Misuse::NoCommand)?.as_str() {
            "gateway" => Command::Gateway,
            "load" => Command::Load,
            "pricing" => Command::Pricing,
            "worker" => Command::Worker,
            other => return Err(Misuse::Unknown(other.to_owned())),
        };
        let mut options = Self {
            command,
            carrier: Carrier::ContextVars,
            nats: String::new(),
            pricing: String::new(),
            gateway: String::new(),
            route: vec!["rust".to_owned()],
            time: Duration::from_secs(10),
            connections: 64,
            killed: false,
        };
        while let Some(option) = args.next() {
            if option == "--killed" {
                options.killed = true;
                continue;
            }
            let value = args.next().ok_or_else(|| Misuse::NoValue(option.clone()))?;
            match option.as_str() {
                "--carrier" => options.carrier = parsed(option, &value)?,
                "--nats" => options.nats = value,
                "--pricing" => options.pricing = value,
                "--gateway" => options.gateway = value,
                "--route" => options.route = value.split(',').map(str::to_owned).collect(),
                "--seconds" => options.time = Duration::from_secs(parsed(option, &value)?),
                "--connections" => options.connections = parsed(option, &value)?,
                _ => return Err(Misuse::Unknown(option)),
            }
        }
        Ok(options)
    }
}

fn parsed<T: FromStr>(option: String, value: &str) -> Result<T, Misuse> {
    let value = value.to_owned();
    value.parse().map_err(|_| Misuse::BadValue { option, value })
}
