//! Part one: connections on one worker thread, each with requests that are held until all connections have one, so that all
//! are in flight at one moment.

use std::{fmt, io, str::FromStr, sync::Arc, time::Duration};

use tokio::{
    io::duplex,
    net::TcpStream,
    runtime,
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::{
    caller::{Caller, Tally, Verdict},
    process::{BackEnd, Limits, Process, Role, Usage},
    report::{Part, Report, Table, print},
    server,
    service::{self, Carrier},
};

pub(crate) fn run(connections: u32, rounds: u32, report: &mut Report) -> io::Result<()> {
    report.begin(Part::Connections);
    print("connections: every request held until all are in flight, on one worker thread\n")?;
    let mut table = Table::new([
        "carrier",
        "transport",
        "connections",
        "in flight",
        "replies",
        "lost",
        "checked",
        "leaks",
        "threads",
        "memory",
        "a connection",
        "seconds",
    ]);
    let limits = Limits::read()?;
    let most = limits.connections.min(connections);
    for carrier in [Carrier::ContextVars, Carrier::Arguments, Carrier::ThreadLocal] {
        let crowd = in_a_process(carrier, connections, rounds)?;
        let case = Case {
            carrier,
            transport: "memory",
            connections,
            rounds,
        };
        add(report, &mut table, case, crowd);
    }
    let crowd = over_tcp(Carrier::ContextVars, most, rounds, limits.addresses)?;
    let case = Case {
        carrier: Carrier::ContextVars,
        transport: "tcp",
        connections: most,
        rounds,
    };
    add(report, &mut table, case, crowd);
    print(table)?;
    print(
        "memory: peak resident; in memory of server and callers together, over tcp of the server alone.\n\
         The thread-local has to leak: it shows that the check can fail.\n",
    )
}

#[derive(Clone, Copy)]
struct Case {
    carrier: Carrier,
    transport: &'static str,
    connections: u32,
    rounds: u32,
}

fn add(report: &mut Report, table: &mut Table<12>, case: Case, (held, usage): (Held, Usage)) {
    let Case {
        carrier,
        transport,
        connections,
        rounds,
    } = case;
    let Held { verdict, peak, elapsed } = held;
    let Usage { resident, threads, .. } = usage;
    let each = u64::from(resident) * 1024 / u64::from(connections);
    table.add([
        carrier.name().to_owned(),
        transport.to_owned(),
        connections.to_string(),
        peak.to_string(),
        verdict.answered.to_string(),
        verdict.lost.to_string(),
        verdict.checked.to_string(),
        verdict.leaks.to_string(),
        threads.to_string(),
        format!("{} MiB", resident / 1024),
        format!("{each} B"),
        format!("{:.1}", elapsed.as_secs_f64()),
    ]);

    let case = format!("{} {transport}", carrier.name());
    report.keep(&case, "connections", connections);
    report.keep(&case, "in_flight", peak);
    report.keep(&case, "replies", verdict.answered);
    report.keep(&case, "lost", verdict.lost);
    report.keep(&case, "checked", verdict.checked);
    report.keep(&case, "leaks", verdict.leaks);
    report.keep(&case, "threads", threads);
    report.keep(&case, "peak_resident_kib", resident);
    report.keep(&case, "bytes_per_connection", each);
    report.keep(&case, "seconds", elapsed.as_secs_f64());

    report.promise(
        peak == connections as usize,
        format!("{case}: {peak} of {connections} requests in flight at one moment"),
    );
    let requests = u64::from(connections) * u64::from(rounds);
    report.promise(
        verdict.answered == requests,
        format!("{case}: {} replies to {requests} requests", verdict.answered),
    );
    if carrier == Carrier::ThreadLocal {
        report.promise(
            verdict.leaks > 0,
            format!("{case}: no leak, so the check does not check"),
        );
    } else {
        report.promise_identities(&case, verdict);
    }
}

/// How long all requests together may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// How much a connection in memory takes before its writer waits.
const PIPE: usize = 1024;

/// How a crowd was served.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) verdict: Verdict,
    /// The most requests that were in flight at one moment.
    pub(crate) peak: usize,
    pub(crate) elapsed: Duration,
}

/// A crowd in a process of its own, server and callers together.
fn in_a_process(carrier: Carrier, connections: u32, rounds: u32) -> io::Result<(Held, Usage)> {
    let mut process = Process::start(Role::Crowd {
        carrier,
        connections,
        rounds,
    })?;
    let held = process.read_line()?.parse()?;
    let usage = process.usage()?;
    process.finish()?;
    Ok((held, usage))
}

/// A crowd that calls a process over TCP. Memory and threads are the server's alone.
pub(crate) fn over_tcp(carrier: Carrier, connections: u32, rounds: u32, addresses: u8) -> io::Result<(Held, Usage)> {
    let mut process = Process::start(Role::Serve {
        carrier,
        workers: 1,
        addresses,
        back_end: BackEnd::Gate(connections),
    })?;
    let places = process.addresses()?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let (verdict, elapsed) = runtime.block_on(async {
        let tally = Arc::new(Tally::default());
        let mut callers = Vec::new();
        for (number, place) in (0..connections).zip(places.iter().cycle()) {
            let stream = TcpStream::connect(place).await?;
            let caller = Caller::connect(number, stream, Arc::clone(&tally)).await;
            callers.push(caller.map_err(io::Error::other)?);
        }
        let elapsed = call(callers, rounds, &tally).await;
        Ok::<_, io::Error>((tally.verdict(), elapsed))
    })?;
    let usage = process.usage()?;
    let peak = process.finish()?.trim().parse().map_err(io::Error::other)?;
    Ok((Held { verdict, peak, elapsed }, usage))
}

/// A crowd on the thread that polls this.
pub(crate) async fn in_memory(carrier: Carrier, connections: u32, rounds: u32) -> io::Result<Held> {
    let gate = service::hold_queries(connections as usize);
    let tally = Arc::new(Tally::default());
    let mut callers = Vec::new();
    for number in 0..connections {
        let (near, far) = duplex(PIPE);
        server::spawn(far, carrier);
        let caller = Caller::connect(number, near, Arc::clone(&tally)).await;
        callers.push(caller.map_err(io::Error::other)?);
    }
    let elapsed = call(callers, rounds, &tally).await;
    Ok(Held {
        verdict: tally.verdict(),
        peak: gate.peak(),
        elapsed,
    })
}

/// Sends the requests of all callers. A reply that doesn't come holds up all others, and the tally
/// counts every one of them as lost.
async fn call(callers: Vec<Caller>, rounds: u32, tally: &Arc<Tally>) -> Duration {
    let start = Instant::now();
    let mut crowd = JoinSet::new();
    for mut caller in callers {
        let tally = Arc::clone(tally);
        crowd.spawn(async move {
            for _ in 0..rounds {
                if let Err(fault) = caller.call().await {
                    return tally.add_fault(fault.to_string());
                }
            }
        });
    }
    let all = async { while crowd.join_next().await.is_some() {} };
    if timeout(PATIENCE, all).await.is_err() {
        tally.add_fault(format!("replies are missing after {PATIENCE:?}"));
    }
    start.elapsed()
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict {
            answered,
            lost,
            checked,
            leaks,
        } = self.verdict;
        let millis = self.elapsed.as_millis();
        write!(f, "{answered} {lost} {checked} {leaks} {} {millis}", self.peak)
    }
}

impl FromStr for Held {
    type Err = io::Error;

    fn from_str(line: &str) -> io::Result<Self> {
        let numbers = line.split_whitespace().map(str::parse).collect::<Result<Vec<u64>, _>>();
        let Ok(&[answered, lost, checked, leaks, peak, millis]) = numbers.as_deref() else {
            return Err(io::Error::other(format!("a crowd ended with `{line}`")));
        };
        let verdict = Verdict {
            answered,
            lost,
            checked,
            leaks,
        };
        Ok(Self {
            verdict,
            peak: usize::try_from(peak).map_err(io::Error::other)?,
            elapsed: Duration::from_millis(millis),
        })
    }
}
