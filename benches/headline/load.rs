//! A load: callers of a server over TCP, and what the server did meanwhile. Each caller sends its next request when it has
//! the reply to the last.
//!
//! Servers that are compared are all up at once and take short turns. So what else the machine does, it does to each.

use std::{io, iter::zip, sync::Arc, time::Duration};

use tokio::{
    net::TcpStream,
    runtime,
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    caller::{Caller, Tally, Verdict},
    process::{self, Process, Role, Usage},
};

/// How long a server has to come to speed at the start of each turn, unmeasured.
const SETTLE: Duration = Duration::from_millis(100);

/// How long the last replies may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) callers: u32,
    /// How often each server has its turn, and how long each is measured.
    pub(crate) turns: u32,
    pub(crate) length: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) requests_per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Processor time of the server, all threads together.
    pub(crate) per_request: Duration,
    /// Processors that the server kept busy, the callers' one thread, and the rest of the machine.
    pub(crate) server_busy: f64,
    pub(crate) callers_busy: f64,
    pub(crate) others_busy: f64,
    pub(crate) usage: Usage,
    pub(crate) verdict: Verdict,
}

impl Load {
    /// Loads servers that are started for it.
    pub(crate) fn run<const N: usize>(self, roles: [Role; N]) -> io::Result<[Measured; N]> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let measured = runtime.block_on(async {
            let mut servers = Vec::new();
            for role in roles {
                servers.push(Server::start(role, self.callers).await?);
            }
            let mut sums = [Sum::default(); N];
            for _ in 0..self.turns {
                for (server, sum) in zip(&servers, &mut sums) {
                    sum.add(server.take_turn(self.length).await?);
                }
            }
            let mut measured = Vec::new();
            for (server, sum) in zip(servers, sums) {
                measured.push(server.end(sum).await?);
            }
            Ok::<_, io::Error>(measured)
        })?;
        Ok(measured.try_into().expect("one for each role"))
    }
}

/// Whether callers call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Rest,
    Settle,
    Measure,
    End,
}

/// A server, and its callers.
struct Server {
    process: Process,
    tally: Arc<Tally>,
    turn: watch::Sender<Turn>,
    callers: JoinSet<Vec<Duration>>,
}

impl Server {
    async fn start(role: Role, callers: u32) -> io::Result<Self> {
        let mut process = Process::start(role)?;
        let address = process.addresses()?[0];
        let mut server = Self {
            process,
            tally: Arc::new(Tally::default()),
            turn: watch::Sender::new(Turn::Rest),
            callers: JoinSet::new(),
        };
        for number in 0..callers {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let caller = Caller::connect(number, stream, Arc::clone(&server.tally)).await;
            let caller = caller.map_err(io::Error::other)?;
            let call = call(caller, server.turn.subscribe(), Arc::clone(&server.tally));
            server.callers.spawn(call);
        }
        Ok(server)
    }

    async fn take_turn(&self, length: Duration) -> io::Result<Sum> {
        self.turn.send_replace(Turn::Settle);
        sleep(SETTLE).await;
        self.turn.send_replace(Turn::Measure);
        let before = self.read()?;
        sleep(length).await;
        let after = self.read()?;
        self.turn.send_replace(Turn::Rest);
        Ok(Sum {
            elapsed: after.at - before.at,
            answered: after.answered - before.answered,
            server: after.server.saturating_sub(before.server),
            callers: after.callers.saturating_sub(before.callers),
            machine: after.machine.saturating_sub(before.machine),
        })
    }

    fn read(&self) -> io::Result<Reading> {
        Ok(Reading {
            at: Instant::now(),
            answered: u32::try_from(self.tally.answered()).map_err(io::Error::other)?,
            server: self.process.processor_time()?,
            callers: process::processor_time("self")?,
            machine: process::machine_time()?,
        })
    }

    async fn end(mut self, sum: Sum) -> io::Result<Measured> {
        self.turn.send_replace(Turn::End);
        let mut latencies = Vec::new();
        let all = async {
            while let Some(caller) = self.callers.join_next().await {
                latencies.append(&mut caller.unwrap_or_default());
            }
        };
        if timeout(PATIENCE, all).await.is_err() {
            self.tally.add_fault(format!("replies are missing after {PATIENCE:?}"));
        }
        latencies.sort_unstable();

        let usage = self.process.usage()?;
        self.process.finish()?;
        let elapsed = sum.elapsed.as_secs_f64();
        let others = sum.machine.saturating_sub(sum.server + sum.callers);
        Ok(Measured {
            requests_per_second: f64::from(sum.answered) / elapsed,
            p50: percentile(&latencies, 50),
            p99: percentile(&latencies, 99),
            per_request: sum.server.checked_div(sum.answered).unwrap_or_default(),
            server_busy: sum.server.as_secs_f64() / elapsed,
            callers_busy: sum.callers.as_secs_f64() / elapsed,
            others_busy: others.as_secs_f64() / elapsed,
            usage,
            verdict: self.tally.verdict(),
        })
    }
}

/// Calls while it is the server's turn, and returns how long each request took that was measured.
async fn call(mut caller: Caller, mut turn: watch::Receiver<Turn>, tally: Arc<Tally>) -> Vec<Duration> {
    let mut latencies = Vec::new();
    loop {
        let turn = turn
            .wait_for(|&turn| turn != Turn::Rest)
            .await
            .map_or(Turn::End, |turn| *turn);
        if turn == Turn::End {
            return latencies;
        }
        let sent = Instant::now();
        if let Err(fault) = caller.call().await {
            tally.add_fault(fault.to_string());
            return latencies;
        }
        if turn == Turn::Measure {
            latencies.push(sent.elapsed());
        }
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get(last * percent / 100).copied().unwrap_or_default()
}

/// What had been counted at a moment.
struct Reading {
    at: Instant,
    answered: u32,
    server: Duration,
    callers: Duration,
    machine: Duration,
}

/// What was counted in the turns of a server.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    elapsed: Duration,
    answered: u32,
    server: Duration,
    callers: Duration,
    machine: Duration,
}

impl Sum {
    fn add(&mut self, turn: Self) {
        self.elapsed += turn.elapsed;
        self.answered += turn.answered;
        self.server += turn.server;
        self.callers += turn.callers;
        self.machine += turn.machine;
    }
}
