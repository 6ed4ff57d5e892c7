//! Part two: 4 async workers with context variables against 100 threads with thread-locals, under the
//! same load, with a back end that takes 5 ms.

use std::io;

use crate::{
    load::{Load, Measured},
    options::{Options, Part},
    report::{Report, print},
    role::Role,
    service::Carrier,
    table::Table,
};

const THREADS: usize = 100;
const WORKERS: usize = 4;
const CALLERS: [u32; 2] = [400, 1_000];
const TURNS: u32 = 3;

const POOL: Role = Role::Pool { threads: THREADS };
const ASYNC: Role = Role::Serve {
    carrier: Carrier::ContextVars,
    workers: WORKERS,
    addresses: 1,
    gate: None,
};

pub(crate) fn run(options: &Options, report: &mut Report) -> io::Result<()> {
    report.begin(Part::Migration);
    print(format_args!(
        "migration: {THREADS} threads with thread-locals, {WORKERS} async workers with context variables; \
         a back end of 5 ms; {TURNS} turns each\n"
    ))?;
    let mut figures = Table::new([
        "server",
        "callers",
        "requests/s",
        "p50",
        "p99",
        "resident",
        "mapped",
        "threads",
        "cpu/request",
        "server cpus",
        "caller cpus",
        "other cpus",
        "lost",
        "leaks",
    ]);
    let mut changes = Table::new(["change", "threads", "resident", "mapped", "throughput"]);
    changes.add(["the classic report", "100 -> 4", "-80 %", "", "+300 %"].map(str::to_owned));
    for callers in CALLERS {
        let load = Load {
            callers,
            turns: TURNS,
            length: options.migration,
        };
        let [pool, tasks] = load.run([POOL, ASYNC])?;
        for (server, measured) in [("threads", &pool), ("async", &tasks)] {
            let case = format!("{server} {callers}");
            keep(report, &case, measured);
            report.promise_identities(&case, measured.verdict);
            figures.add(row(server, callers, measured));
        }
        changes.add(change(callers, &pool, &tasks));
    }
    print(figures)?;
    print(changes)?;
    print(
        "resident: peak of what was in memory (VmHWM); mapped: peak of the address space (VmPeak), where an\n\
         untouched stack and an allocator's arena count whole. A thread of the pool keeps next to nothing and\n\
         parses by hand; hyper keeps at least 8 KiB a connection, and glibc an arena a worker (with\n\
         MALLOC_ARENA_MAX=1 in the environment it keeps one). Threads: all that a process had, with those\n\
         that wait. Callers run on one thread of the same machine, and take processors from the server; so do\n\
         others, and where they do the table says little of throughput.\n",
    )
}

fn keep(report: &mut Report, case: &str, measured: &Measured) {
    report.keep(case, "requests_per_second", measured.requests_per_second);
    report.keep(case, "p50_us", measured.p50.as_micros());
    report.keep(case, "p99_us", measured.p99.as_micros());
    report.keep(case, "peak_resident_kib", measured.usage.resident);
    report.keep(case, "peak_mapped_kib", measured.usage.mapped);
    report.keep(case, "threads", measured.usage.threads);
    report.keep(case, "cpu_per_request_ns", measured.per_request.as_nanos());
    report.keep(case, "server_cpus", measured.server_busy);
    report.keep(case, "caller_cpus", measured.callers_busy);
    report.keep(case, "other_cpus", measured.others_busy);
}

fn row(server: &str, callers: u32, measured: &Measured) -> [String; 14] {
    let mib = |kib: u32| format!("{:.1} MiB", f64::from(kib) / 1024.0);
    [
        server.to_owned(),
        callers.to_string(),
        format!("{:.0}", measured.requests_per_second),
        format!("{:.1?}", measured.p50),
        format!("{:.1?}", measured.p99),
        mib(measured.usage.resident),
        mib(measured.usage.mapped),
        measured.usage.threads.to_string(),
        format!("{:.1?}", measured.per_request),
        format!("{:.2}", measured.server_busy),
        format!("{:.2}", measured.callers_busy),
        format!("{:.2}", measured.others_busy),
        measured.verdict.lost.to_string(),
        measured.verdict.leaks.to_string(),
    ]
}

fn change(callers: u32, pool: &Measured, tasks: &Measured) -> [String; 5] {
    let percent = |from: f64, to: f64| format!("{:+.0} %", (to / from - 1.0) * 100.0);
    let memory = |from: u32, to: u32| percent(from.into(), to.into());
    [
        format!("ours, {callers} callers"),
        format!("{THREADS} -> {WORKERS}"),
        memory(pool.usage.resident, tasks.usage.resident),
        memory(pool.usage.mapped, tasks.usage.mapped),
        percent(pool.requests_per_second, tasks.requests_per_second),
    ]
}
