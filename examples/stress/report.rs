//! The report: what lived, what was done and checked, what went wrong, and the verdict.

use std::{fmt, fs, process::ExitCode, time::Duration};

use crate::{
    carrier::Carrier,
    executor::Executor,
    options::Options,
    tally::{Place, Tally},
    watch::Watched,
};

/// So many checks reach every place.
const ENOUGH: u64 = 10_000_000;

#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) executor: Executor,
    pub(crate) options: Options,
    pub(crate) carrier: Carrier,
    /// Whether all tasks had begun before the watch.
    pub(crate) gathered: bool,
    pub(crate) ramp_up: Duration,
    pub(crate) watched: Watched,
    /// Tasks that did not end when they were told to.
    pub(crate) remaining: usize,
    pub(crate) values_made: u64,
    pub(crate) values_left: u64,
    pub(crate) tally: &'static Tally,
}

impl Report {
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.failures().is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn failures(&self) -> Vec<String> {
        let (asked, fewest) = (self.options.tasks(), self.watched.fewest_live);
        let (crossings, checks) = (self.tally.crossings(), self.watched.checks);
        let unseen: Vec<_> = self.unseen().map(Place::name).collect();
        // What a thread-local keeps dies with its thread.
        let kept = self.values_left > 0 && self.carrier == Carrier::ContextVars;
        let panicked = self.tally.tasks.panicked() > 0;
        [
            (crossings > 0, format!("{crossings} crossings")),
            (kept, format!("{} values left", self.values_left)),
            (self.remaining > 0, format!("{} tasks did not end", self.remaining)),
            (!self.gathered, "not all tasks could begin".to_owned()),
            (fewest < asked, format!("only {fewest} of {asked} tasks lived")),
            (checks == 0, "nothing was checked".to_owned()),
            (
                checks > ENOUGH && !unseen.is_empty(),
                format!("nothing was checked {}", unseen.join(", ")),
            ),
            (self.options.panics && !panicked, "no task has panicked".to_owned()),
        ]
        .into_iter()
        .filter_map(|(is_so, failure)| is_so.then_some(failure))
        .collect()
    }

    /// Where this run had to check, and did not.
    fn unseen(&self) -> impl Iterator<Item = Place> {
        let panics = self.options.panics;
        self.tally
            .unseen()
            .filter(move |&place| panics || place != Place::Panic)
    }

    fn write_heading(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.options;
        writeln!(
            f,
            "{} with {}{}: {} tasks on each of {} workers for {} s, seed {}",
            self.executor.name(),
            self.carrier.name(),
            if options.panics { " and panics" } else { "" },
            options.tasks_per_worker,
            options.workers,
            options.seconds,
            options.seed,
        )
    }

    fn write_crossings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  crossings    {}", self.tally.crossings())?;
        for (place, count) in self.tally.crossings_by_place() {
            writeln!(f, "    {count} {}", place.name())?;
        }
        for crossing in self.tally.first_crossings() {
            writeln!(f, "    {crossing}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_heading(f)?;
        let watched = &self.watched;
        let (fewest, average, asked) = (watched.fewest_live, watched.average_live, self.options.tasks());
        let (ramp_up, threads) = (self.ramp_up, self.tally.workers());
        writeln!(
            f,
            "  live         {fewest} at least, {average} on average, {asked} asked for; on {threads} threads after {ramp_up:.1?}"
        )?;
        writeln!(f, "  tasks        {}", watched.tasks)?;
        writeln!(f, "  children     {}", watched.children)?;
        let turns = Spread(&watched.turns);
        writeln!(f, "  turns        {turns} in one task's place")?;
        let Watched {
            polls,
            awaits,
            checks,
            checks_per_second,
            ..
        } = watched;
        writeln!(
            f,
            "  work         {polls} polls, {awaits} awaits, {checks} checks ({checks_per_second}/s)"
        )?;
        self.write_crossings(f)?;
        writeln!(f, "  values left  {} of {}", self.values_left, self.values_made)?;
        writeln!(f, "  peak memory  {}", peak_memory().unwrap_or("unknown".to_owned()))?;
        match &self.failures()[..] {
            [] => write!(f, "  ok"),
            failures => write!(f, "  failed: {}", failures.join(", ")),
        }
    }
}

/// Of numbers in ascending order.
struct Spread<'a>(&'a [u32]);

impl fmt::Display for Spread<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percentile = |percent| {
            let last = self.0.len().saturating_sub(1);
            self.0.get(last * percent / 100).copied().unwrap_or_default()
        };
        let (least, median, most) = (percentile(0), percentile(50), percentile(100));
        write!(f, "{least} at least, {median} at the median, {most} at most")
    }
}

/// Where the system tells.
fn peak_memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{} MiB", kibibytes / 1024))
}
