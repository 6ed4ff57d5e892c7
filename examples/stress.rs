//! A crowd of tasks that do all they can to see each other's variables: 50,000 live tasks per worker
//! on tokio, smol and async-std. They write, spawn, cancel, select, stream and rest at random, and
//! after every await each compares all variables with what it has written down by hand.
//!
//! ```sh
//! cargo run --release --all-features --example stress -- --seconds 60
//! cargo run --release --all-features --example stress -- --seconds 60 --panics
//! cargo run --release --all-features --example stress -- --broken
//! ```
//!
//! A value that is not the task's own is a crossing. The first two runs find none; the third keeps
//! the values in a `thread_local!`, and has to find them.

#[path = "stress/badge.rs"]
mod badge;
#[path = "stress/bench.rs"]
mod bench;
#[path = "stress/calls.rs"]
mod calls;
#[path = "stress/carrier.rs"]
mod carrier;
#[path = "stress/children.rs"]
mod children;
#[path = "stress/conductor.rs"]
mod conductor;
#[path = "stress/counter.rs"]
mod counter;
#[path = "stress/crowd.rs"]
mod crowd;
#[path = "stress/dice.rs"]
mod dice;
#[path = "stress/executor.rs"]
mod executor;
#[path = "stress/identity.rs"]
mod identity;
#[path = "stress/life.rs"]
mod life;
#[path = "stress/observer.rs"]
mod observer;
#[path = "stress/options.rs"]
mod options;
#[path = "stress/panics.rs"]
mod panics;
#[path = "stress/races.rs"]
mod races;
#[path = "stress/report.rs"]
mod report;
#[path = "stress/run.rs"]
mod run;
#[path = "stress/stamp.rs"]
mod stamp;
#[path = "stress/streams.rs"]
mod streams;
#[path = "stress/tally.rs"]
mod tally;
#[path = "stress/variables.rs"]
mod variables;
#[path = "stress/watch.rs"]
mod watch;
#[path = "stress/writes.rs"]
mod writes;

use std::{
    env,
    io::{self, Write as _},
    process::ExitCode,
};

use crate::options::{Command, Options, USAGE};

const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let outcome = match options::parse(env::args_os().skip(1)) {
        Ok(Command::Help) => writeln!(io::stdout(), "{USAGE}").map(|()| ExitCode::SUCCESS),
        Ok(Command::Run(options)) => run(options),
        Err(misuse) => {
            eprintln!("stress: {misuse}\n{USAGE}");
            return ExitCode::from(MISUSED);
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("stress: {error}");
        ExitCode::FAILURE
    })
}

fn run(options: Options) -> io::Result<ExitCode> {
    let Some(executor) = conductor::conducted(options) else {
        return conductor::conduct(options);
    };
    let report = run::run(executor, options)?;
    writeln!(io::stdout(), "{report}")?;
    Ok(report.exit_code())
}
