//! The report: a table of what was measured, what went wrong where, and the verdict.

use std::{fmt, process::ExitCode, sync::Arc, time::Duration};

use crate::{
    client::Load,
    options::Options,
    tally::{PerStage, Tally},
};

/// More faults than these are only counted.
const FAULTS_SHOWN: usize = 5;

#[derive(Debug)]
pub(crate) struct Report {
    options: Options,
    elapsed: Duration,
    sorted_latencies: Vec<u32>,
    tally: Arc<Tally>,
}

impl Report {
    pub(crate) fn new(options: Options, load: Load, tally: Arc<Tally>) -> Self {
        let mut sorted_latencies = load.latencies;
        sorted_latencies.sort_unstable();
        Self {
            options,
            elapsed: load.elapsed,
            sorted_latencies,
            tally,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        let flawless = self.tally.requests() > 0
            && self.tally.leaks().total() == 0
            && self.tally.lost().total() == 0
            && self.tally.faults().is_empty();
        if flawless { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn columns(&self) -> [(&'static str, String); 9] {
        [
            ("carrier", self.options.carrier.name().to_owned()),
            ("connections", self.options.connections.to_string()),
            ("workers", self.options.workers.to_string()),
            ("requests", self.tally.requests().to_string()),
            ("leaks", self.tally.leaks().total().to_string()),
            ("lost", self.tally.lost().total().to_string()),
            ("requests/s", self.requests_per_second().to_string()),
            ("p50", self.percentile(50)),
            ("p99", self.percentile(99)),
        ]
    }

    fn requests_per_second(&self) -> u128 {
        u128::from(self.tally.requests()) * 1_000_000 / self.elapsed.as_micros().max(1)
    }

    fn percentile(&self, percent: usize) -> String {
        let last = self.sorted_latencies.len().saturating_sub(1);
        let latency = self.sorted_latencies.get(last * percent / 100);
        latency.map_or("-".to_owned(), |&micros| {
            format!("{:.2?}", Duration::from_micros(micros.into()))
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = &*self.tally;
        let columns = self.columns();
        let titles = columns
            .each_ref()
            .map(|(title, value)| format!("{title:>0$}", value.len()));
        let values = columns
            .each_ref()
            .map(|(title, value)| format!("{value:>0$}", title.len()));
        writeln!(f, "{}\n{}\n", titles.join("  "), values.join("  "))?;
        write!(
            f,
            "{} identities checked; {} forged tokens refused",
            tally.sightings(),
            tally.refusals(),
        )?;
        if tally.requests() == 0 {
            write!(f, "\nfailed: no request was completed")?;
        }
        write_misses(f, "leaked (somebody else's identity)", tally.leaks())?;
        write_misses(f, "lost (no identity)", tally.lost())?;
        if let Some(leak) = tally.first_leak() {
            write!(f, "\nfirst leak: {leak}")?;
        }
        let faults = tally.faults();
        if !faults.is_empty() {
            write!(f, "\nfaults: {}", faults.len())?;
        }
        for fault in faults.iter().take(FAULTS_SHOWN) {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}

fn write_misses(f: &mut fmt::Formatter<'_>, kind: &str, misses: &PerStage) -> fmt::Result {
    let stages: Vec<_> = misses
        .nonzero()
        .map(|(stage, count)| format!("{} {count}", stage.name()))
        .collect();
    if stages.is_empty() {
        return Ok(());
    }
    write!(f, "\n{kind}: {}", stages.join(", "))
}
