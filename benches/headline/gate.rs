//! The gate: holds every request until all have arrived, so that all are in flight at one moment.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::sync::Barrier;

#[derive(Debug)]
pub(crate) struct Gate {
    barrier: Barrier,
    held: AtomicUsize,
    peak: AtomicUsize,
}

impl Gate {
    /// Opens when `requests` of them stand before it, and closes behind them.
    pub(crate) fn new(requests: usize) -> Self {
        Self {
            barrier: Barrier::new(requests),
            held: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }
    }

    pub(crate) async fn pass(&self) {
        let held = self.held.fetch_add(1, Relaxed) + 1;
        self.peak.fetch_max(held, Relaxed);
        self.barrier.wait().await;
        self.held.fetch_sub(1, Relaxed);
    }

    /// How many requests it has held at one moment.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }
}
