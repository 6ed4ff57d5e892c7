//! Part two: 4 async workers with context variables against 100 threads with thread-locals, under the
//! same load, with a back end that takes 5 ms, 20 ms or 50 ms. Both have hyper's HTTP, with the same buffers.

use std::{io, time::Duration};

use crate::{
    load::{Load, Measured},
    process::{BackEnd, Role},
    report::{Part, Report, Table, print},
    service::Carrier,
};

const THREADS: usize = 100;
const WORKERS: usize = 4;
const CALLERS: [u32; 2] = [400, 1_000];
const MILLIS: [u32; 3] = [5, 20, 50];
const TURNS: u32 = 3;

pub(crate) fn run(length: Duration, report: &mut Report) -> io::Result<()> {
    report.begin(Part::Migration);
    print(format_args!(
        "migration: {THREADS} threads with thread-locals, {WORKERS} async workers with context variables; \
         {TURNS} turns each\n"
    ))?;
    let mut figures = Table::new([
        "server",
        "back end",
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
    let mut changes = Table::new([
        "change",
        "back end",
        "callers",
        "threads",
        "resident",
        "mapped",
        "throughput",
    ]);
    changes.add(["the classic report", "", "", "100 -> 4", "-80 %", "", "+300 %"].map(str::to_owned));
    for millis in MILLIS {
        for callers in CALLERS {
            let load = Load {
                callers,
                turns: TURNS,
                length,
            };
            let [pool, tasks] = load.run(servers(millis))?;
            for (server, measured) in [("threads", &pool), ("async", &tasks)] {
                let case = format!("{server} {millis} ms {callers}");
                keep(report, &case, measured);
                report.promise_identities(&case, measured.verdict);
                figures.add(row(server, millis, callers, measured));
            }
            changes.add(change(millis, callers, &pool, &tasks));
        }
    }
    print(figures)?;
    print(changes)?;
    print(
        "resident: peak of what was in memory (VmHWM); mapped: peak of the address space (VmPeak), where an\n\
         untouched stack and an allocator's arena count whole. Either server has hyper keep at least 8 KiB a\n\
         connection, and glibc has an arena a thread, but not more than 8 a processor (with MALLOC_ARENA_MAX=1 in\n\
         the environment it has one). Threads: all that a process had, with those\n\
         that wait. Callers run on one thread of the same machine, and take processors from the server; so do\n\
         others, and where they do the table says little of throughput.\n",
    )
}

fn servers(millis: u32) -> [Role; 2] {
    [
        Role::Pool {
            threads: THREADS,
            millis,
        },
        Role::Serve {
            carrier: Carrier::ContextVars,
            workers: WORKERS,
            addresses: 1,
            back_end: BackEnd::Millis(millis),
        },
    ]
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

fn row(server: &str, millis: u32, callers: u32, measured: &Measured) -> [String; 15] {
    let mib = |kib: u32| format!("{:.1} MiB", f64::from(kib) / 1024.0);
    [
        server.to_owned(),
        format!("{millis} ms"),
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

fn change(millis: u32, callers: u32, pool: &Measured, tasks: &Measured) -> [String; 7] {
    let percent = |from: f64, to: f64| format!("{:+.0} %", (to / from - 1.0) * 100.0);
    let memory = |from: u32, to: u32| percent(from.into(), to.into());
    [
        "ours".to_owned(),
        format!("{millis} ms"),
        callers.to_string(),
        format!("{THREADS} -> {WORKERS}"),
        memory(pool.usage.resident, tasks.usage.resident),
        memory(pool.usage.mapped, tasks.usage.mapped),
        percent(pool.requests_per_second, tasks.requests_per_second),
    ]
}
