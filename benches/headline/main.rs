//! The headline, end to end: what an HTTP service gains and pays when its identities travel in
//! context variables.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml --bin headline
//! cargo run --release --manifest-path benches/Cargo.toml --bin headline -- connections
//! ```
//!
//! - `connections`: 50,000 connections on one worker thread, all with a request in flight at one moment;
//!   every identity in every reply is checked. The same over as many TCP connections as fit.
//! - `migration`: 4 async workers against 100 threads with thread-locals, under the same load, with back ends
//!   of 5, 20 and 50 ms.
//! - `overhead`: context variables against the same identity in the arguments of every call.
//!
//! Needs Linux, for what it reads in `/proc`. Fails when a reply is lost or carries another's identity. Figures go to `benches/results/headline.csv`.

mod backend;
mod blocking;
mod caller;
mod connections;
mod crowd;
mod gate;
mod identity;
mod limits;
mod load;
mod migration;
mod options;
mod overhead;
mod pool;
mod process;
mod reply;
mod report;
mod role;
mod server;
mod service;
mod spread;
mod table;
mod tally;
mod usage;

use std::{
    env,
    io::{self, Write as _},
    process::ExitCode,
};

use crate::{
    options::{Command, Options, Part, USAGE},
    report::Report,
    role::Role,
};

const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let outcome = match options::parse(env::args().skip(1)) {
        Ok(Command::Help) => writeln!(io::stdout(), "{USAGE}").map(|()| ExitCode::SUCCESS),
        Ok(Command::Play(role)) => play(role),
        Ok(Command::Run(options)) => run(&options),
        Err(misuse) => {
            eprintln!("headline: {misuse}\n{USAGE}");
            return ExitCode::from(MISUSED);
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("headline: {error}");
        ExitCode::FAILURE
    })
}

fn play(role: Role) -> io::Result<ExitCode> {
    role.play().map(|()| ExitCode::SUCCESS)
}

fn run(options: &Options) -> io::Result<ExitCode> {
    let mut report = Report::default();
    for &part in &options.parts {
        match part {
            Part::Connections => connections::run(options, &mut report)?,
            Part::Migration => migration::run(options, &mut report)?,
            Part::Overhead => overhead::run(options, &mut report)?,
        }
    }
    report.save()?;
    Ok(report.exit_code())
}
