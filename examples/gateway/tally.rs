//! The tally: every identity that was read, judged, and every connection that failed.

use std::sync::{
    Mutex, OnceLock, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use crate::{
    sighting::{Sighting, Stage},
    user::User,
};

#[derive(Debug, Default)]
pub(crate) struct Tally {
    requests: AtomicU64,
    refusals: AtomicU64,
    audits: AtomicU64,
    sightings: AtomicU64,
    leaks: PerStage,
    lost: PerStage,
    first_leak: OnceLock<String>,
    faults: Mutex<Vec<String>>,
}

/// A count for each [`Stage`].
#[derive(Debug, Default)]
pub(crate) struct PerStage([AtomicU64; Stage::ALL.len()]);

impl PerStage {
    fn add(&self, stage: Stage) {
        self.0[stage as usize].fetch_add(1, Relaxed);
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.iter().map(|count| count.load(Relaxed)).sum()
    }

    pub(crate) fn nonzero(&self) -> impl Iterator<Item = (Stage, u64)> {
        let counts = self.0.iter().map(|count| count.load(Relaxed));
        Stage::ALL.into_iter().zip(counts).filter(|&(_, count)| count > 0)
    }
}

impl Tally {
    /// Somebody else's identity is a leak, none where there should be one is a loss.
    pub(crate) fn judge(&self, expected: Option<User>, Sighting { stage, user }: Sighting) {
        self.sightings.fetch_add(1, Relaxed);
        if user == expected {
            return;
        }
        let Some(other) = user else {
            return self.lost.add(stage);
        };
        self.leaks.add(stage);
        self.first_leak.get_or_init(|| {
            let owner = expected.map_or("a stranger".to_owned(), |user| user.to_string());
            format!("{owner} was taken for {other} in `{}`", stage.name())
        });
    }

    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_refusal(&self) {
        self.refusals.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_audit(&self) {
        self.audits.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_fault(&self, fault: String) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Relaxed)
    }

    pub(crate) fn refusals(&self) -> u64 {
        self.refusals.load(Relaxed)
    }

    pub(crate) fn audits(&self) -> u64 {
        self.audits.load(Relaxed)
    }

    pub(crate) fn sightings(&self) -> u64 {
        self.sightings.load(Relaxed)
    }

    pub(crate) fn leaks(&self) -> &PerStage {
        &self.leaks
    }

    pub(crate) fn lost(&self) -> &PerStage {
        &self.lost
    }

    pub(crate) fn first_leak(&self) -> Option<&str> {
        self.first_leak.get().map(String::as_str)
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
