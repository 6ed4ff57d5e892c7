//! The tally: what was sent, what came back, and whose names were in it.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

#[derive(Debug, Default)]
pub(crate) struct Tally {
    sent: AtomicU64,
    answered: AtomicU64,
    checked: AtomicU64,
    leaks: AtomicU64,
    first_fault: Mutex<Option<String>>,
}

/// The tally of a run that has ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) answered: u64,
    /// Requests that were sent and never answered as they should.
    pub(crate) lost: u64,
    pub(crate) checked: u64,
    /// Places where a request was told another's identity, or none.
    pub(crate) leaks: u64,
}

impl Tally {
    pub(crate) fn count_sent(&self) {
        self.sent.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_answered(&self) {
        self.answered.fetch_add(1, Relaxed);
    }

    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Relaxed)
    }

    pub(crate) fn judge(&self, is_right: bool) {
        self.checked.fetch_add(1, Relaxed);
        self.leaks.fetch_add(u64::from(!is_right), Relaxed);
    }

    /// A fault shows in the count of what was lost; the first one is kept to say why.
    pub(crate) fn add_fault(&self, fault: String) {
        let mut first = self.first_fault.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(fault);
    }

    pub(crate) fn verdict(&self) -> Verdict {
        if let Some(fault) = &*self.first_fault.lock().unwrap_or_else(PoisonError::into_inner) {
            eprintln!("headline: {fault}");
        }
        Verdict {
            answered: self.answered(),
            lost: self.sent.load(Relaxed) - self.answered(),
            checked: self.checked.load(Relaxed),
            leaks: self.leaks.load(Relaxed),
        }
    }
}
