//! The command line.

use std::{
    ffi::OsString,
    fmt::{self, Display},
    hash::{BuildHasher as _, RandomState},
    ops::RangeInclusive,
    str::FromStr,
    time::Duration,
};

use crate::executor::Executor;

pub(crate) const USAGE: &str = "\
usage: stress [--executor tokio|smol|async-std|all] [--seconds S] [--workers W] [--tasks-per-worker N]
              [--panics] [--broken] [--seed N]

  --executor E          what runs the tasks (default: all, one after another)
  --seconds S           how long, once all tasks live (default: 5)
  --workers W           worker threads of the executor (default: 4)
  --tasks-per-worker N  tasks that live at once, for each worker (default: 50000)
  --panics              tasks panic at random awaits
  --broken              keep the values in a thread-local: the run must fail
  --seed N              repeat the choices that tasks made in a run (default: any)
  --help                print this";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// All of them if none is given.
    pub(crate) executor: Option<Executor>,
    pub(crate) seconds: u32,
    pub(crate) workers: usize,
    pub(crate) tasks_per_worker: usize,
    pub(crate) panics: bool,
    pub(crate) broken: bool,
    pub(crate) seed: u64,
}

impl Options {
    pub(crate) fn tasks(&self) -> usize {
        self.workers * self.tasks_per_worker
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    /// The arguments that ask for the same on one executor.
    pub(crate) fn arguments(&self, executor: Executor) -> Vec<String> {
        let flags = [(self.panics, "--panics"), (self.broken, "--broken")];
        let flags = flags
            .into_iter()
            .filter(|&(is_set, _)| is_set)
            .map(|(_, flag)| flag.to_owned());
        let numbers = [
            ("--seconds", u64::from(self.seconds)),
            ("--workers", self.workers as u64),
            ("--tasks-per-worker", self.tasks_per_worker as u64),
            ("--seed", self.seed),
        ];
        let numbers = numbers
            .into_iter()
            .flat_map(|(option, number)| [option.to_owned(), number.to_string()]);
        ["--executor".to_owned(), executor.name().to_owned()]
            .into_iter()
            .chain(numbers)
            .chain(flags)
            .collect()
    }
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
    UnknownExecutor(String),
    BadNumber {
        option: String,
        value: String,
        from: String,
        to: String,
    },
}

impl Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOption(option) => write!(f, "unknown option `{option}`"),
            Self::MissingValue(option) => write!(f, "`{option}` needs a value"),
            Self::UnknownExecutor(value) => write!(
                f,
                "unknown executor `{value}`, expected one of: `tokio`, `smol`, `async-std`, `all`"
            ),
            Self::BadNumber {
                option,
                value,
                from,
                to,
            } => {
                write!(f, "`{option}` takes a whole number from {from} to {to}, not `{value}`")
            }
        }
    }
}

impl std::error::Error for Misuse {}

pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Command, Misuse> {
    let mut args = args.map(|arg| arg.to_string_lossy().into_owned());
    let mut options = Options {
        executor: None,
        seconds: 5,
        workers: 4,
        tasks_per_worker: 50_000,
        panics: false,
        broken: false,
        seed: RandomState::new().hash_one("any") >> 32,
    };
    while let Some(option) = args.next() {
        let mut value = || args.next().ok_or_else(|| Misuse::MissingValue(option.clone()));
        match option.as_str() {
            "--executor" => options.executor = executor(value()?)?,
            "--seconds" => options.seconds = number(&option, value()?, 1..=86_400)?,
            "--workers" => options.workers = number(&option, value()?, 1..=256)?,
            "--tasks-per-worker" => options.tasks_per_worker = number(&option, value()?, 1..=1_000_000)?,
            "--seed" => options.seed = number(&option, value()?, 0..=u64::MAX)?,
            "--panics" => options.panics = true,
            "--broken" => options.broken = true,
            "--help" | "-h" => return Ok(Command::Help),
            _ => return Err(Misuse::UnknownOption(option)),
        }
    }
    Ok(Command::Run(options))
}

fn executor(value: String) -> Result<Option<Executor>, Misuse> {
    if value == "all" {
        return Ok(None);
    }
    let executor = Executor::ALL.into_iter().find(|executor| executor.name() == value);
    executor.map(Some).ok_or(Misuse::UnknownExecutor(value))
}

fn number<N>(option: &str, value: String, range: RangeInclusive<N>) -> Result<N, Misuse>
where
    N: FromStr + PartialOrd + Display,
{
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(Misuse::BadNumber {
            option: option.to_owned(),
            value,
            from: range.start().to_string(),
            to: range.end().to_string(),
        }),
    }
}
