//! A counter that many threads may add to without a wait for each other.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

const SHARDS: usize = 16;

#[derive(Debug)]
pub(crate) struct Counter([Shard; SHARDS]);

/// Two cache lines, which some processors fetch together.
#[derive(Debug)]
#[repr(align(128))]
struct Shard(AtomicU64);

thread_local! {
    static SHARD: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Relaxed) % SHARDS
    };
}

impl Counter {
    pub(crate) const fn new() -> Self {
        Self([const { Shard(AtomicU64::new(0)) }; SHARDS])
    }

    pub(crate) fn add(&self, count: usize) {
        SHARD.with(|&shard| self.0[shard].0.fetch_add(count as u64, Relaxed));
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.iter().map(|shard| shard.0.load(Relaxed)).sum()
    }
}
