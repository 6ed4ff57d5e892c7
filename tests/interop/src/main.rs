//! W3C Baggage between this crate and the propagators of other languages. `.ci/interop` starts a service for each of
//! them; this program is two of the services, and what asks all of them.

mod compare;
mod contextvars_service;
mod hop;
mod kinds;
mod locked;
mod opentelemetry_service;
mod peer;
mod reasons;
mod samples;
mod table;

use std::env;
use std::error::Error;
use std::process::ExitCode;

const USAGE: &str = "\
usage: contextvars-interop serve contextvars|contextvars-plus-is-space|opentelemetry
       contextvars-interop compare URL...

  serve    reads and writes with one propagator, on a port of its own, which it prints
  compare  sends 1,000 values between the services at these addresses, each to each, and prints a table";

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args[..] {
        ["serve", "contextvars"] => hop::serve(contextvars_service::exact()).await,
        ["serve", "contextvars-plus-is-space"] => hop::serve(contextvars_service::from_python()).await,
        ["serve", "opentelemetry"] => hop::serve(opentelemetry_service::router()).await,
        ["compare", ref urls @ ..] if urls.len() > 1 => compare(urls).await,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contextvars-interop: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn compare(urls: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut peers = Vec::new();
    for url in urls {
        peers.push(peer::Peer::at(url).await?);
    }
    let samples = samples::samples();
    let direct = compare::direct(&peers, &samples).await?;
    let through = compare::through(&peers, &samples).await?;
    print!(
        "{}",
        table::Table {
            peers: &peers,
            samples: &samples,
            direct: &direct,
            through: &through
        }
    );
    Ok(())
}
