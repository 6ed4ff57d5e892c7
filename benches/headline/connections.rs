//! Part one: connections on one worker thread, all of them with a request in flight at one moment.

use std::io;

use crate::{
    crowd::{self, Held},
    limits::Limits,
    options::{Options, Part},
    report::{Report, print},
    service::Carrier,
    table::Table,
    usage::Usage,
};

pub(crate) fn run(options: &Options, report: &mut Report) -> io::Result<()> {
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
    let most = limits.connections.min(options.connections);
    let rounds = options.rounds;
    for carrier in [Carrier::ContextVars, Carrier::Arguments, Carrier::ThreadLocal] {
        let connections = options.connections;
        let crowd = crowd::in_a_process(carrier, connections, rounds)?;
        let case = Case {
            carrier,
            transport: "memory",
            connections,
            rounds,
        };
        add(report, &mut table, case, crowd);
    }
    let crowd = crowd::over_tcp(Carrier::ContextVars, most, rounds, limits.addresses)?;
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
