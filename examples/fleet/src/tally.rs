//! What all requests together have seen.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::identity::Identity;
use crate::seen::Seen;

/// More failures than these are only counted.
const KEPT: usize = 3;

#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Counts>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    pub(crate) latencies: Vec<Duration>,
    /// By name.
    pub(crate) hops: BTreeMap<String, Hop>,
    /// Jobs that were delivered more than once.
    pub(crate) redelivered: Hop,
    pub(crate) failed: u64,
    pub(crate) failures: Vec<String>,
    /// Requests with a `baggage` header that claims to be somebody else.
    pub(crate) forged: u64,
}

/// What was seen at a hop.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hop {
    pub(crate) seen: u64,
    /// Somebody else's identity.
    pub(crate) wrong: u64,
    /// None at all.
    pub(crate) nobody: u64,
}

impl Hop {
    fn judge(&mut self, seen: &Seen, expected: &Identity) {
        self.seen += 1;
        match seen.identity() {
            None => self.nobody += 1,
            Some(identity) if identity != *expected => self.wrong += 1,
            // The hop has compared for itself, with what its payload says.
            Some(_) if seen.wrong => self.wrong += 1,
            Some(_) => {}
        }
    }

    pub(crate) fn missed(&self) -> u64 {
        self.wrong + self.nobody
    }
}

impl Counts {
    pub(crate) fn missed(&self) -> u64 {
        self.hops.values().map(Hop::missed).sum()
    }
}

impl Tally {
    pub(crate) fn answered(&self, expected: &Identity, seen: &[Seen], took: Duration, is_forged: bool) {
        let mut counts = self.counts();
        counts.requests += 1;
        counts.latencies.push(took);
        counts.forged += u64::from(is_forged);
        for seen in seen {
            counts.hops.entry(seen.hop.clone()).or_default().judge(seen, expected);
            if seen.delivery.is_some_and(|delivery| delivery > 1) {
                counts.redelivered.judge(seen, expected);
            }
        }
    }

    pub(crate) fn failed(&self, failure: String) {
        let mut counts = self.counts();
        counts.failed += 1;
        if counts.failures.len() < KEPT {
            counts.failures.push(failure);
        }
    }

    pub(crate) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(user: Option<&str>, delivery: Option<u64>) -> Seen {
        Seen {
            hop: "worker".to_owned(),
            user: user.map(str::to_owned),
            tenant: Some("acme".to_owned()),
            wrong: false,
            delivery,
        }
    }

    #[test]
    fn another_identity_and_none_are_counted_apart() {
        let tally = Tally::default();
        let alice = Identity::parse("alice@acme").expect("a name");
        let all = [
            seen(Some("alice"), None),
            seen(Some("bob"), Some(2)),
            seen(None, Some(1)),
        ];
        tally.answered(&alice, &all, Duration::ZERO, false);
        let counts = tally.counts();
        let Hop { seen, wrong, nobody } = counts.hops["worker"];
        assert_eq!((seen, wrong, nobody), (3, 1, 1));
        assert_eq!((counts.redelivered.seen, counts.redelivered.wrong), (1, 1));
        assert_eq!(counts.missed(), 2);
    }

    #[test]
    fn what_a_hop_finds_wrong_by_its_payload_counts() {
        let tally = Tally::default();
        let alice = Identity::parse("alice@acme").expect("a name");
        let judged = Seen {
            wrong: true,
            ..seen(Some("alice"), None)
        };
        tally.answered(&alice, &[judged], Duration::ZERO, false);
        assert_eq!(tally.counts().missed(), 1);
    }
}
