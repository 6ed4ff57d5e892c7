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
//! Needs Linux, for what it reads in `/proc`. Fails when a reply is lost or carries another's identity. Figures go to
//! `benches/results/headline.csv`.

mod caller;
mod carriers;
mod connections;
mod load;
mod migration;
mod overhead;
mod process;
mod report;
mod server;
mod service;

use std::{
    env, fmt,
    fs::File,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    process::ExitCode,
    thread,
    time::Duration,
};

use tokio::{io::AsyncReadExt as _, net::unix::pipe, runtime};

use crate::{
    process::{BackEnd, Role},
    report::{Part, Report},
    service::{Carrier, Gate},
};

const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let outcome = match parse(env::args().skip(1)) {
        Ok(Command::Help) => writeln!(io::stdout(), "{USAGE}").map(|()| ExitCode::SUCCESS),
        Ok(Command::Play(role)) => play(role).map(|()| ExitCode::SUCCESS),
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

fn run(options: &Options) -> io::Result<ExitCode> {
    let mut report = Report::default();
    for &part in &options.parts {
        match part {
            Part::Connections => connections::run(options.connections, options.rounds, &mut report)?,
            Part::Migration => migration::run(options.migration, &mut report)?,
            Part::Overhead => overhead::run(options.groups, options.overhead, &mut report)?,
        }
    }
    report.save()?;
    Ok(report.exit_code())
}

const USAGE: &str = "\
usage: headline [connections|migration|overhead|all] [OPTION]...

  --connections N        connections of `connections`, over TCP no more than fit (default: 50000)
  --rounds N             requests on each of them (default: 2)
  --migration-seconds S  a server's turn in `migration`; there are 36 of them (default: 2)
  --overhead-seconds S   what each server in a group of `overhead` is measured (default: 3)
  --groups N             groups of three servers in `overhead` (default: 10)
  --help                 print this";

#[derive(Clone, Debug)]
struct Options {
    parts: Vec<Part>,
    connections: u32,
    rounds: u32,
    migration: Duration,
    overhead: Duration,
    groups: u32,
}

#[derive(Debug)]
enum Command {
    Help,
    /// What the program starts itself for.
    Play(Role),
    Run(Options),
}

#[derive(Debug)]
enum Misuse {
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

fn parse(args: impl Iterator<Item = String>) -> Result<Command, Misuse> {
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
            // With one connection alone no identity could be mistaken for another.
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

/// Does what a child process is started for.
fn play(role: Role) -> io::Result<()> {
    match role {
        Role::Serve {
            carrier,
            workers,
            addresses,
            back_end,
        } => runtime(workers)?.block_on(serve(carrier, addresses, back_end)),
        Role::Pool { threads, millis } => serve_blocking(threads, millis),
        Role::Crowd {
            carrier,
            connections,
            rounds,
        } => {
            let held = runtime(1)?.block_on(connections::in_memory(carrier, connections, rounds))?;
            say(&held.to_string())?;
            io::stdin().read_to_end(&mut Vec::new()).map(drop)
        }
    }
}

/// One worker is the thread that calls, more are threads of their own.
fn runtime(workers: usize) -> io::Result<runtime::Runtime> {
    let mut builder = if workers == 1 {
        runtime::Builder::new_current_thread()
    } else {
        runtime::Builder::new_multi_thread()
    };
    builder.worker_threads(workers).enable_all().build()
}

async fn serve(carrier: Carrier, addresses: u8, back_end: BackEnd) -> io::Result<()> {
    let gate = match back_end {
        BackEnd::Millis(millis) => {
            service::take_millis(millis);
            None
        }
        BackEnd::Gate(requests) => Some(service::hold_queries(requests as usize)),
    };
    let listeners = server::listen(addresses).await?;
    let mut places = Vec::new();
    for listener in listeners {
        places.push(listener.local_addr()?.to_string());
        tokio::spawn(async move { eprintln!("headline: {}", server::accept(listener, carrier).await) });
    }
    say(&places.join(" "))?;

    // Tokio's own standard input would be one more thread.
    let mut input = pipe::Receiver::from_file(File::open("/dev/stdin")?)?;
    input.read_to_end(&mut Vec::new()).await?;
    say(&gate.map_or(0, Gate::peak).to_string())
}

fn serve_blocking(threads: usize, millis: u32) -> io::Result<()> {
    service::take_millis(millis);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    say(&listener.local_addr()?.to_string())?;
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    Err(server::serve_on_threads(&listener, threads))
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
