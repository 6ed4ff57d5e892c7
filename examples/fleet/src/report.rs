//! The table at the end, and the verdict.

use std::fmt::{self, Display};
use std::time::Duration;

use crate::options::Options;
use crate::tally::{Counts, Hop};

/// The hops, in the order of a request, and how the identity came there.
const HOPS: [(&str, &str, Option<&str>); 6] = [
    ("gateway", "HTTP, signed in", None),
    ("pricing", "gRPC metadata", None),
    ("worker", "NATS JetStream", Some("rust")),
    ("node worker", "NATS JetStream", Some("node")),
    ("python worker", "NATS JetStream", Some("python")),
    ("answer", "NATS JetStream", None),
];

pub(crate) struct Report {
    counts: Counts,
    elapsed: Duration,
    hops: Vec<(&'static str, &'static str, Hop)>,
    was_killed: bool,
}

impl Report {
    pub(crate) fn new(mut counts: Counts, elapsed: Duration, options: &Options) -> Self {
        counts.latencies.sort_unstable();
        let is_on_route =
            |language: Option<&str>| language.is_none_or(|language| options.route.iter().any(|on| on == language));
        let hops = HOPS.iter().filter(|(_, _, language)| is_on_route(*language));
        let hops = hops
            .map(|&(name, by, _)| (name, by, counts.hops.get(name).copied().unwrap_or_default()))
            .collect();
        Self {
            counts,
            elapsed,
            hops,
            was_killed: options.killed,
        }
    }

    /// # Errors
    ///
    /// What went wrong, or was not shown.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        let counts = &self.counts;
        if counts.failed > 0 {
            return Err(format!("{} requests or their jobs are lost", counts.failed));
        }
        if counts.missed() > 0 {
            return Err(format!("{} identities are wrong", counts.missed()));
        }
        if counts.requests == 0 {
            return Err("no request was answered".to_owned());
        }
        if let Some((name, _, hop)) = self.hops.iter().find(|(_, _, hop)| hop.seen != counts.requests) {
            return Err(format!(
                "{name} was seen by {} of {} requests",
                hop.seen, counts.requests
            ));
        }
        if self.was_killed && counts.redelivered.seen == 0 {
            return Err("a worker was killed, but had no job then: nothing was redelivered".to_owned());
        }
        Ok(())
    }

    fn percentile(&self, percent: usize) -> Duration {
        let last = self.counts.latencies.len().saturating_sub(1);
        self.counts
            .latencies
            .get(last * percent / 100)
            .copied()
            .unwrap_or_default()
    }

    fn row(f: &mut fmt::Formatter<'_>, name: &str, by: &str, hop: &Hop) -> fmt::Result {
        let Hop { seen, wrong, nobody } = hop;
        writeln!(f, "{name:18}{by:18}{seen:>10}{wrong:>18}{nobody:>10}")
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        writeln!(
            f,
            "\n{:18}{:18}{:>10}{:>18}{:>10}",
            "hop", "identity from", "seen", "somebody else's", "nobody's"
        )?;
        for (name, by, hop) in &self.hops {
            Self::row(f, name, by, hop)?;
        }
        Self::row(f, "redelivered jobs", "NATS JetStream", &counts.redelivered)?;
        let jobs: u64 = self
            .hops
            .iter()
            .filter(|(name, ..)| name.ends_with("worker"))
            .map(|(_, _, hop)| hop.seen)
            .sum();
        writeln!(
            f,
            "\n{} requests in {:.1} s ({} a second; p50 {:.0?}, p99 {:.0?}), {} hops, {jobs} jobs, {} lost",
            counts.requests,
            self.elapsed.as_secs_f32(),
            u128::from(counts.requests) * 1_000 / self.elapsed.as_millis().max(1),
            self.percentile(50),
            self.percentile(99),
            self.hops.iter().map(|(_, _, hop)| hop.seen).sum::<u64>(),
            counts.failed,
        )?;
        writeln!(f, "{} clients have sent a forged baggage header", counts.forged)?;
        write!(f, "wrong identities: {}", counts.missed())?;
        for failure in &counts.failures {
            write!(f, "\n  {failure}")?;
        }
        Ok(())
    }
}
