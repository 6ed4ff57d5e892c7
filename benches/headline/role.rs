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
        back_end: BackEnd,
    },
    /// Serves over TCP on threads that block. Says where it listens.
    Pool { threads: usize, millis: u32 },
    /// Serves and calls in memory, on one thread. Says how that went.
    Crowd {
        carrier: Carrier,
        connections: u32,
        rounds: u32,
    },
}

/// What the back end takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BackEnd {
    Millis(u32),
    /// As long as it takes so many requests to arrive at the gate.
    Gate(u32),
}

impl BackEnd {
    fn arguments(self) -> [String; 2] {
        let (kind, number) = match self {
            Self::Millis(millis) => ("millis", millis),
            Self::Gate(requests) => ("gate", requests),
        };
        [kind.to_owned(), number.to_string()]
    }

    fn parse(kind: &str, number: &str) -> Option<Self> {
        let number = number.parse().ok()?;
        match kind {
            "millis" => Some(Self::Millis(number)),
            "gate" => Some(Self::Gate(number)),
            _ => None,
        }
    }
}

impl Role {
    pub(crate) fn arguments(self) -> Vec<String> {
        match self {
            Self::Serve {
                carrier,
                workers,
                addresses,
                back_end,
            } => {
                let [kind, number] = back_end.arguments();
                vec![
                    "serve".to_owned(),
                    carrier.name().to_owned(),
                    workers.to_string(),
                    addresses.to_string(),
                    kind,
                    number,
                ]
            }
            Self::Pool { threads, millis } => vec!["pool".to_owned(), threads.to_string(), millis.to_string()],
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
            ["serve", carrier, workers, addresses, kind, number] => Some(Self::Serve {
                carrier: Carrier::named(carrier)?,
                workers: workers.parse().ok()?,
                addresses: addresses.parse().ok()?,
                back_end: BackEnd::parse(kind, number)?,
            }),
            ["pool", threads, millis] => Some(Self::Pool {
                threads: threads.parse().ok()?,
                millis: millis.parse().ok()?,
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
                back_end,
            } => runtime(workers)?.block_on(serve(carrier, addresses, back_end)),
            Self::Pool { threads, millis } => serve_blocking(threads, millis),
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

async fn serve(carrier: Carrier, addresses: u8, back_end: BackEnd) -> io::Result<()> {
    let gate = match back_end {
        BackEnd::Millis(millis) => {
            backend::take(millis);
            None
        }
        BackEnd::Gate(requests) => Some(backend::hold(requests as usize)),
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
    backend::take(millis);
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
