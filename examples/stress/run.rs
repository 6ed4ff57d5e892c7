//! A run: gather the crowd, watch it live, see that it leaves nothing behind.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use crate::{
    badge::Badge, carrier::Carrier, crowd::Crowd, executor::Executor, options::Options, panics, report::Report,
    tally::TALLY, watch::watch,
};

/// Far more than any of the waits takes.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(executor: Executor, options: Options) -> io::Result<Report> {
    let carrier = if options.broken {
        Carrier::ThreadLocal
    } else {
        Carrier::ContextVars
    };
    carrier.install();
    panics::hush();
    let runtime = executor.start(options.workers)?;

    let start = Instant::now();
    let crowd = Crowd::gather(options);
    wait_until(|| crowd.bench.is_full());
    let (gathered, ramp_up) = (crowd.bench.is_full(), start.elapsed());

    let watched = watch(executor, options.duration(), crowd);

    crowd.close();
    wait_until(|| crowd.remaining() == 0);
    drop(runtime);
    // Threads that go on keep theirs.
    wait_until(|| Badge::left() == 0 || carrier == Carrier::ThreadLocal);
    Ok(Report {
        executor,
        options,
        carrier,
        gathered,
        ramp_up,
        watched,
        remaining: crowd.remaining(),
        values_made: Badge::made(),
        values_left: Badge::left(),
        tally: &TALLY,
    })
}

/// Waits, but not for ever: what did not come to pass is in the report.
fn wait_until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() && start.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(10));
    }
}
