//! Rounds: each subject's time in each round, and the medians.

use crate::turns::PLACES;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// One side of a comparison: runs its operation so many times, and says how long that took.
pub(crate) struct Subject {
    pub(crate) name: String,
    run: Box<dyn FnMut(u64) -> Duration>,
    /// How many operations make a batch; 0 until it is known.
    batch: u64,
}

/// How long a subject runs in a round: short, so that a round as a whole is short beside the machine's moods.
const BATCH: Duration = Duration::from_micros(100);

impl Subject {
    pub(crate) fn new(name: impl Into<String>, run: impl FnMut(u64) -> Duration + 'static) -> Self {
        Self {
            name: name.into(),
            run: Box::new(run),
            batch: 0,
        }
    }

    /// Nanoseconds for one operation, over one batch.
    fn sample(&mut self) -> f64 {
        if self.batch == 0 {
            self.batch = size_of_batch(&mut *self.run, BATCH);
        }
        (self.run)(self.batch).as_secs_f64() * 1e9 / to_f64(self.batch)
    }
}

/// How many operations take so long.
pub(crate) fn size_of_batch(run: &mut dyn FnMut(u64) -> Duration, batch: Duration) -> u64 {
    let places = PLACES as u64;
    let mut n = places;
    loop {
        // The least of three: a batch that was interrupted would make the batches of the whole run too small.
        let took = (0..3).map(|_| run(n)).min().unwrap_or_default();
        if took > batch / 4 {
            let scale = batch.as_secs_f64() / took.as_secs_f64();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "small and positive"
            )]
            return ((to_f64(n) * scale) as u64).max(places).next_multiple_of(places);
        }
        n *= 2;
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of operations and bytes lie far below 2^52"
)]
pub(crate) fn to_f64(n: u64) -> f64 {
    n as f64
}

/// Times `n` calls of `f`, after an eighth as many that warm up the caches.
///
/// Not inlined, so that the optimiser does not know in what scope or context the loop runs.
#[inline(never)]
pub(crate) fn time<R>(n: u64, mut f: impl FnMut() -> R) -> Duration {
    let mut start = Instant::now();
    // One loop for both, so that `f` has one caller and is inlined there.
    for calls in [warm_up(n), n] {
        start = Instant::now();
        for _ in 0..calls {
            black_box(f());
        }
    }
    start.elapsed()
}

const fn warm_up(n: u64) -> u64 {
    n / 8 + 1
}

/// How many calls `time` makes for `n`.
pub(crate) const fn calls(n: u64) -> u64 {
    warm_up(n) + n
}

/// Nanoseconds by round, and in it by subject.
#[derive(Default)]
pub(crate) struct Rounds(Vec<Vec<f64>>);

impl Rounds {
    /// Adds rounds in which every subject runs once, forwards and backwards in turn.
    pub(crate) fn add(&mut self, subjects: &mut [Subject], rounds: usize) {
        for round in 0..rounds {
            let mut nanos: Vec<f64> = Vec::with_capacity(subjects.len());
            if round % 2 == 0 {
                nanos.extend(subjects.iter_mut().map(Subject::sample));
            } else {
                nanos.extend(subjects.iter_mut().rev().map(Subject::sample));
                nanos.reverse();
            }
            self.0.push(nanos);
        }
    }

    /// The median of what `f` makes of each round. A round that says nothing (`None`) is left out.
    pub(crate) fn median(&self, f: impl Fn(&[f64]) -> Option<f64>) -> f64 {
        median(self.0.iter().filter_map(|nanos| f(nanos)).collect())
    }
}

pub(crate) fn median(values: Vec<f64>) -> f64 {
    quantile(values, 0.5)
}

/// The value that this share of all are below.
pub(crate) fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "below the length"
    )]
    let at = (to_f64(values.len() as u64) * share) as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}
