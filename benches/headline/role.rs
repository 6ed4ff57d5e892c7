//! What a child process does. The program starts itself for each run, so that memory, threads and
//! processor time are those of the server alone, and none of them inherits the heap of the run before.
//!
//! A child says on its standard output what it has to say, and ends when its standard input does,
//! which it also does when the parent is killed.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    process, thread,
};

use tokio::{io::AsyncReadExt as _, net::unix::pipe, runtime};

use crate::{backend, crowd, gate::Gate, pool, server, service::Carrier};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// Serves over TCP. Says where it listens, and at the end how many requests the gate has held.
    Serve {
        carrier: Carrier,
        workers: usize,
        addresses: u8,
        gate: Option<u32>,
    },
    /// Serves over TCP on threads that block. Says where it listens.
    Pool { threads: usize },
    /// Serves and calls in memory, on one thread. Says how that went.
    Crowd {
        carrier: Carrier,
        connections: u32,
        rounds: u32,
    },
}

impl Role {
    pub(crate) fn arguments(self) -> Vec<String> {
        match self {
            Self::Serve {
                carrier,
                workers,
                addresses,
                gate,
            } => vec![
                "serve".to_owned(),
                carrier.name().to_owned(),
                workers.to_string(),
                addresses.to_string(),
                gate.unwrap_or_default().to_string(),
            ],
            Self::Pool { threads } => vec!["pool".to_owned(), threads.to_string()],
            Self::Crowd {
                carrier,
                connections,
                rounds,
            } => vec![
                "crowd".to_owned(),
                carrier.name().to_owned(),
                connections.to_string(),
                rounds.to_string(),
            ],
        }
    }

    pub(crate) fn parse(arguments: &[String]) -> Option<Self> {
        let words: Vec<_> = arguments.iter().map(String::as_str).collect();
        match *words {
            ["serve", carrier, workers, addresses, gate] => Some(Self::Serve {
                carrier: Carrier::named(carrier)?,
                workers: workers.parse().ok()?,
                addresses: addresses.parse().ok()?,
                gate: Some(gate.parse().ok()?).filter(|&requests| requests > 0),
            }),
            ["pool", threads] => Some(Self::Pool {
                threads: threads.parse().ok()?,
            }),
            ["crowd", carrier, connections, rounds] => Some(Self::Crowd {
                carrier: Carrier::named(carrier)?,
                connections: connections.parse().ok()?,
                rounds: rounds.parse().ok()?,
            }),
            _ => None,
        }
    }

    pub(crate) fn play(self) -> io::Result<()> {
        match self {
            Self::Serve {
                carrier,
                workers,
                addresses,
                gate,
            } => runtime(workers)?.block_on(serve(carrier, addresses, gate)),
            Self::Pool { threads } => serve_blocking(threads),
            Self::Crowd {
                carrier,
                connections,
                rounds,
            } => {
                let held = runtime(1)?.block_on(crowd::in_memory(carrier, connections, rounds))?;
                say(&held.to_string())?;
                io::stdin().read_to_end(&mut Vec::new()).map(drop)
            }
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

async fn serve(carrier: Carrier, addresses: u8, gate: Option<u32>) -> io::Result<()> {
    let gate = gate.map(|requests| backend::hold(requests as usize));
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

fn serve_blocking(threads: usize) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    say(&listener.local_addr()?.to_string())?;
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    Err(pool::serve(&listener, threads))
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
