//! A small system of several processes. `run` beside this package starts them; README.md has the picture.

mod carrier;
mod gateway;
mod headers;
mod identity;
mod jobs;
mod load;
mod options;
mod pricing;
mod report;
mod seen;
mod tally;
mod worker;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use crate::options::{Command, Options, USAGE};

/// What ends a process of the fleet.
type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(worker_threads = 4)]
async fn main() -> ExitCode {
    let options = match Options::parse(env::args().skip(1)) {
        Ok(options) => options,
        Err(misuse) => {
            eprintln!("fleet: {misuse}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    options.carrier.install();
    let outcome = match options.command {
        Command::Gateway => gateway::run(&options).await,
        Command::Load => load::run(&options).await,
        Command::Pricing => pricing::run().await,
        Command::Worker => worker::run(&options).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("fleet: {failure}");
            ExitCode::FAILURE
        }
    }
}
