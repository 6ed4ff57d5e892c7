//! How operations are timed: in short batches, in rounds of all subjects, by the medians over all rounds.
//!
//! Each read is made by sixteen functions, which take turns. How long a read takes depends on where the linker puts its
//! function. On CPUs of the Skylake family a jump that touches the end of a block of 32 bytes is not kept among the
//! decoded instructions, and the same code takes 2.0 ns at one address and 2.6 ns at another. That is chance, for every
//! subject alike, so a figure is the mean over all sixteen. Each has a variable of its own, or the optimiser would make
//! them one. The loop that calls them is the same for all subjects: it calls a function that it doesn't know.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// One side of a comparison: runs its operation a given number of times, and returns how long that took.
pub(crate) struct Subject {
    pub(crate) name: String,
    run: Box<dyn FnMut(u64) -> Duration>,
    /// How many operations make a batch; 0 until it is known.
    batch: u64,
}

/// How long a subject runs in a round: so short that the machine's speed rarely changes within a round.
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

    /// The median of what `f` makes of each round. A round for which `f` returns `None` is left out.
    pub(crate) fn median(&self, f: impl Fn(&[f64]) -> Option<f64>) -> f64 {
        quantile(self.0.iter().filter_map(|nanos| f(nanos)).collect(), 0.5)
    }
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

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of operations and bytes lie far below 2^52"
)]
pub(crate) fn to_f64(n: u64) -> f64 {
    n as f64
}

/// How many operations fill a batch of this length.
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

/// Times `n` calls of a function that the loop doesn't know.
pub(crate) fn time_unknown<R>(n: u64, f: fn() -> R) -> Duration {
    time(n, black_box(f))
}

/// How many functions make the same read, each in a place of its own in memory.
pub(crate) const PLACES: usize = 16;

/// Has the functions of all places do their share of `n` operations: a batch is a multiple of 16.
pub(crate) fn in_turn(n: u64, mut run: impl FnMut(usize, u64) -> Duration) -> Duration {
    (0..PLACES).map(|place| run(place, n / PLACES as u64)).sum()
}

/// An array of what `$item!` makes of a module's name and a number, 16 times.
macro_rules! sixteen {
    ($item:ident $(, $($with:tt)+)?) => {
        [
            $item!(p00, 0 $(, $($with)+)?),
            $item!(p01, 1 $(, $($with)+)?),
            $item!(p02, 2 $(, $($with)+)?),
            $item!(p03, 3 $(, $($with)+)?),
            $item!(p04, 4 $(, $($with)+)?),
            $item!(p05, 5 $(, $($with)+)?),
            $item!(p06, 6 $(, $($with)+)?),
            $item!(p07, 7 $(, $($with)+)?),
            $item!(p08, 8 $(, $($with)+)?),
            $item!(p09, 9 $(, $($with)+)?),
            $item!(p10, 10 $(, $($with)+)?),
            $item!(p11, 11 $(, $($with)+)?),
            $item!(p12, 12 $(, $($with)+)?),
            $item!(p13, 13 $(, $($with)+)?),
            $item!(p14, 14 $(, $($with)+)?),
            $item!(p15, 15 $(, $($with)+)?),
        ]
    };
}
pub(crate) use sixteen;

/// Leaves room after the function it stands in, of which nothing is executed: 0, 16, 32 or 48 bytes.
///
/// The compiler lays functions out by name, so that the modules of the 16 places follow each other, at multiples of 16.
/// If their size were a multiple of 32, all 16 would begin in the same halves of a cache line. With one such gap in each, four of them begin
/// in each quarter of a cache line, whatever the size.
macro_rules! room {
    ($at:literal) => {
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        // SAFETY: it adds bytes behind the function's own, and no instruction to it.
        unsafe {
            std::arch::asm!(
                ".subsection 1",
                ".skip {}",
                ".subsection 0",
                const 16 * ($at % 4),
                options(nomem, nostack, preserves_flags),
            );
        }
    };
}
pub(crate) use room;
