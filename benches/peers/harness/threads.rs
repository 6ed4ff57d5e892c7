//! Two threads against one: reads that all of them make of the same memory, and writes for which they wait for each other.
//!
//! Where code and data lie decides as much here as in the rows of reads, and a thread has places of its own: its stack,
//! its thread-locals, the memory that it allocates from. So the same two threads stay for a whole row. In each round
//! each of them runs a batch alone, and then both run the same batch together: the same machine code, the same
//! contexts at the same addresses. All that differs is that the other thread runs too.
//!
//! Both sides of a ratio are the slower of two batches: alone, and together. So chance, such as the state in which a
//! branch predictor happens to be, has the same weight in both. Other programs on the machine have not, since two threads
//! together need both cores: of each side the lower quartile counts, which they disturb least. Only what makes threads wait
//! for each other is flattered by a busy machine, where they often run one after the other; no budget is set for that.

use super::row::{Budget, Figure, Row};
use super::timing::{calls, quantile, size_of_batch, to_f64};
use core_affinity::CoreId;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{fs, hint, thread};

/// Does an operation the given number of times, on the thread that has made it. Returns how long that took.
pub(crate) type Run = Box<dyn FnMut(u64) -> Duration>;

/// The same operation on one thread and on two.
pub(crate) struct Scaling {
    subject: &'static str,
    make: Box<dyn Fn() -> Run + Sync>,
    role: Role,
    /// Operations in a batch; 0 until it is known.
    batch: u64,
    rounds: Vec<Round>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// What the machine can do.
    Limit,
    Budgeted,
    Shown,
}

/// What a round found, in nanoseconds for each operation of a thread.
struct Round {
    /// Of the slower one, where it runs alone.
    alone: f64,
    /// From the first start to the last end, where both run together.
    together: f64,
}

/// Long beside the moment between the starts of two threads, and short enough that some batches of many have both cores
/// to themselves even on a busy machine.
const BATCH: Duration = Duration::from_millis(1);
/// This number of rounds in other rows makes one round of threads.
const ROUNDS: usize = 16;
const LEAST_ROUNDS: usize = 51;

impl Scaling {
    pub(crate) fn new(subject: &'static str, role: Role, make: impl Fn() -> Run + Sync + 'static) -> Self {
        Self {
            subject,
            make: Box::new(make),
            role,
            batch: 0,
            rounds: Vec::new(),
        }
    }

    /// Where no context is entered.
    pub(crate) fn bare(subject: &'static str, role: Role, operation: fn(u64) -> Duration) -> Self {
        Self::new(subject, role, move || Box::new(operation))
    }

    fn quartile(&self, nanos: fn(&Round) -> f64) -> f64 {
        quantile(self.rounds.iter().map(nanos).collect(), 0.25)
    }

    fn ratio(&self) -> f64 {
        2.0 * self.quartile(|round| round.alone) / self.quartile(|round| round.together)
    }

    fn figure(&self, row: &'static str, is_judged: bool) -> Figure {
        let nanos = self.quartile(|round| round.together) / 2.0;
        let mut figure = Figure::new(row, self.subject, nanos, "ns").compared(self.ratio(), "1 thread's throughput");
        figure.budget = (self.role == Role::Budgeted && is_judged).then_some(Budget::AtLeast(LEAST));
        figure
    }
}

/// A batch of one thread.
struct Batch {
    start: Instant,
    end: Instant,
}

impl Batch {
    fn of(run: &mut Run, n: u64) -> Self {
        let start = Instant::now();
        run(n);
        Self {
            start,
            end: Instant::now(),
        }
    }

    fn span(&self) -> Duration {
        self.end - self.start
    }
}

/// The batches of one thread in one round of a subject.
struct Pair {
    alone: Batch,
    together: Batch,
}

/// When each of the two threads runs.
struct Turns {
    phase: Barrier,
    /// How many have come to where both start together.
    ready: AtomicUsize,
}

impl Turns {
    fn new() -> Self {
        Self {
            phase: Barrier::new(2),
            ready: AtomicUsize::new(0),
        }
    }

    /// A batch alone, while the other thread sleeps.
    fn alone(&self, me: usize, mut batch: impl FnMut() -> Batch) -> Batch {
        let batches = [0, 1].map(|whose| {
            self.phase.wait();
            (whose == me).then(&mut batch)
        });
        self.phase.wait();
        batches.into_iter().flatten().next().expect("each has its turn")
    }

    /// A batch of both.
    fn together(&self, mut batch: impl FnMut() -> Batch) -> Batch {
        self.phase.wait();
        let before = self.ready.fetch_add(1, Ordering::Relaxed);
        let both = before - before % 2 + 2;
        while self.ready.load(Ordering::Relaxed) < both {
            hint::spin_loop();
        }
        batch()
    }
}

/// What one of the two threads does: by round, and in it by subject.
fn thread(me: usize, rounds: usize, subjects: &[Scaling], turns: &Turns) -> Vec<Vec<Pair>> {
    let mut runs: Vec<Run> = subjects.iter().map(|subject| (subject.make)()).collect();
    let rounds = (0..rounds).map(|round| {
        let subjects = runs.iter_mut().zip(subjects);
        let pairs = subjects.map(|(run, subject)| {
            let mut batch = || Batch::of(run, subject.batch);
            if round % 2 == 0 {
                let alone = turns.alone(me, &mut batch);
                let together = turns.together(batch);
                Pair { alone, together }
            } else {
                let together = turns.together(&mut batch);
                let alone = turns.alone(me, batch);
                Pair { alone, together }
            }
        });
        pairs.collect()
    });
    rounds.collect()
}

impl Round {
    fn of(one: &Pair, other: &Pair, n: u64) -> Self {
        let alone = one.alone.span().max(other.alone.span());
        let start = one.together.start.min(other.together.start);
        let end = one.together.end.max(other.together.end);
        let nanos = |took: Duration| took.as_secs_f64() * 1e9 / to_f64(calls(n));
        Self {
            alone: nanos(alone),
            together: nanos(end - start),
        }
    }
}

/// A row of such subjects.
pub(crate) struct TwoThreads {
    name: &'static str,
    subjects: Vec<Scaling>,
}

/// What the ratio must be.
const LEAST: f64 = 1.9;
/// A limit below this tells that the machine does not give two cores: some of the time it runs both threads on one.
const TWO_CORES: f64 = 1.95;

impl TwoThreads {
    pub(crate) fn new(name: &'static str, subjects: Vec<Scaling>) -> Self {
        Self { name, subjects }
    }

    fn has_run(&self) -> bool {
        self.subjects.iter().all(|subject| !subject.rounds.is_empty())
    }

    /// What the machine gave in these rounds.
    fn limit(&self) -> f64 {
        let limits = self.subjects.iter().filter(|subject| subject.role == Role::Limit);
        limits.map(Scaling::ratio).fold(2.0, f64::min)
    }

    /// Whether the machine gave two cores, so that something can be told.
    fn is_judged(&self) -> bool {
        self.limit() >= TWO_CORES
    }
}

impl Row for TwoThreads {
    fn name(&self) -> &'static str {
        self.name
    }

    fn measure(&mut self, rounds: usize) {
        let Some(cores) = two_cores() else {
            return;
        };
        for subject in self.subjects.iter_mut().filter(|subject| subject.batch == 0) {
            subject.batch = size_of_batch(&mut *(subject.make)(), BATCH);
        }
        let rounds = (rounds / ROUNDS).max(LEAST_ROUNDS);
        let (turns, subjects) = (Turns::new(), &self.subjects[..]);
        let [one, other] = thread::scope(|scope| {
            let threads = [0, 1].map(|me| {
                let turns = &turns;
                scope.spawn(move || {
                    core_affinity::set_for_current(cores[me]);
                    thread(me, rounds, subjects, turns)
                })
            });
            threads.map(|thread| thread.join().expect("nothing here panics"))
        });
        for (one, other) in one.iter().zip(&other) {
            for (subject, (one, other)) in self.subjects.iter_mut().zip(one.iter().zip(other)) {
                subject.rounds.push(Round::of(one, other, subject.batch));
            }
        }
    }

    fn figures(&self) -> Vec<Figure> {
        if self.has_run() {
            let is_judged = self.is_judged();
            let figures = self.subjects.iter().map(|subject| subject.figure(self.name, is_judged));
            figures.collect()
        } else {
            vec![Figure::new(
                self.name,
                "skipped: this machine has one core, or tells none",
                1.0,
                "core",
            )]
        }
    }

    fn note(&self) -> Option<String> {
        if !self.has_run() || !self.subjects.iter().any(|subject| subject.role == Role::Budgeted) {
            return None;
        }
        let limit = self.limit();
        Some(if self.is_judged() {
            format!("The machine gave two cores: the limits came to {limit:.3} ×, so that {LEAST} is the budget.")
        } else {
            format!(
                "The machine gave less than two cores: a limit came to {limit:.3} ×. The row of 2 threads that read \
                 is NOT judged."
            )
        })
    }
}

/// Two processors, of different cores if the machine has two. A scheduler soon puts threads that wake each other on one
/// core, since it sees both sleep most of the time.
fn two_cores() -> Option<[CoreId; 2]> {
    let ids = core_affinity::get_core_ids()?;
    let (&first, rest) = ids.split_first()?;
    let other = rest.iter().find(|id| core_of(**id) != core_of(first));
    Some([first, *other.or(rest.first())?])
}

/// The processors of the same core, as Linux names them. Elsewhere each is taken for a core.
fn core_of(id: CoreId) -> String {
    let siblings = format!("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", id.id);
    fs::read_to_string(siblings).unwrap_or_else(|_| id.id.to_string())
}
