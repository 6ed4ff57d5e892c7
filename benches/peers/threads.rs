//! Two threads against one: what all of them read, and what they write for each other to wait.

use crate::budget::Budget;
use crate::figure::Figure;
use crate::limits;
use crate::ours::bound::Bound;
use crate::ours::reads::Kind::Number;
use crate::ours::variables::Position;
use crate::ours::{futures, reads};
use crate::rounds::{time, to_f64};
use crate::row::Row;
use crate::theirs::opentelemetry;
use crate::turns::PLACES;
use contextvars::Context;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{hint, thread};

type Operation = fn(u64) -> Duration;

/// Where the threads' contexts come from.
#[derive(Clone, Copy)]
enum Home {
    /// Both threads run in copies of one snapshot.
    Shared,
    /// Each thread has bound its own variables.
    Own,
    /// No context of ours.
    None,
}

/// The same operation on one thread and on two.
struct Scaling {
    subject: &'static str,
    operation: Operation,
    home: Home,
    is_budgeted: bool,
    /// Operations in a batch; 0 until it is known.
    batch: u64,
    /// The most operations by nanosecond, on one thread and on two. Other load can only take away from either.
    best: [f64; 2],
}

/// Long beside the moment between the starts of two threads, and short enough that some batches of many have both cores
/// to themselves even on a busy machine.
const BATCH: Duration = Duration::from_millis(2);
const ROUNDS: usize = 250;

impl Scaling {
    const fn new(subject: &'static str, operation: Operation, home: Home) -> Self {
        Self {
            subject,
            operation,
            home,
            is_budgeted: false,
            batch: 0,
            best: [0.0; 2],
        }
    }

    fn budgeted(self) -> Self {
        Self {
            is_budgeted: true,
            ..self
        }
    }

    /// Runs on one thread: when the timed part began, and when it ended.
    fn run_here(&self, snapshot: &Context, n: u64) -> (Instant, Instant) {
        let mut took = Duration::ZERO;
        let mut end = Instant::now();
        let mut run = || {
            took = (self.operation)(n);
            end = Instant::now();
        };
        match self.home {
            Home::Shared => snapshot.clone().run(run),
            Home::Own => Bound::set(8).around(Position::VAR, &mut run),
            Home::None => run(),
        }
        (end.checked_sub(took).expect("the clock runs forwards"), end)
    }

    /// Operations by nanosecond of so many threads together.
    fn throughput(&self, snapshot: &Context, threads: usize, n: u64) -> f64 {
        let waiting = AtomicUsize::new(threads);
        let times: Vec<_> = thread::scope(|scope| {
            let begun: Vec<_> = (0..threads)
                .map(|_| {
                    scope.spawn(|| {
                        waiting.fetch_sub(1, Ordering::Relaxed);
                        while waiting.load(Ordering::Relaxed) > 0 {
                            hint::spin_loop();
                        }
                        self.run_here(snapshot, n)
                    })
                })
                .collect();
            begun
                .into_iter()
                .map(|thread| thread.join().expect("nothing here panics"))
                .collect()
        });
        let start = times.iter().map(|time| time.0).min().expect("there is a thread");
        let end = times.iter().map(|time| time.1).max().expect("there is a thread");
        to_f64(n * threads as u64) / ((end - start).as_secs_f64() * 1e9)
    }

    /// Measures once on one thread, and once on two.
    fn measure(&mut self, snapshot: &Context) {
        if self.batch == 0 {
            let n = 10_000;
            let (start, end) = self.run_here(snapshot, n);
            let scale = BATCH.as_secs_f64() / (end - start).as_secs_f64();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "positive, below 2^40"
            )]
            let batch = (to_f64(n) * scale) as u64;
            self.batch = batch.max(n).next_multiple_of(PLACES as u64);
        }
        for threads in [1, 2] {
            let best = self.best[threads - 1];
            self.best[threads - 1] = best.max(self.throughput(snapshot, threads, self.batch));
        }
    }

    fn ratio(&self) -> f64 {
        self.best[1] / self.best[0]
    }

    fn figure(&self, row: &'static str, is_judged: bool) -> Figure {
        let mut figure =
            Figure::new(row, self.subject, 2.0 / self.best[1], "ns").compared(self.ratio(), "1 thread's throughput");
        figure.budget = (self.is_budgeted && is_judged).then_some(Budget::AtLeast(LEAST));
        figure
    }
}

struct TwoThreads {
    name: &'static str,
    /// The limit before all others, where there are budgets.
    subjects: Vec<Scaling>,
}

/// What the ratio must be.
const LEAST: f64 = 1.9;
/// A limit below this tells that the machine does not give two cores: some of the time it runs both threads on one.
const TWO_CORES: f64 = 1.95;

impl TwoThreads {
    /// Whether the machine gave two cores in these rounds, so that something can be told.
    fn is_judged(&self) -> bool {
        self.subjects[0].ratio() >= TWO_CORES
    }
}

impl Row for TwoThreads {
    fn name(&self) -> &'static str {
        self.name
    }

    fn measure(&mut self, _: usize) {
        if !has_two_cores() {
            return;
        }
        let snapshot = Bound::set(9).first().context(Position::of(0, Number));
        for _ in 0..ROUNDS {
            for subject in &mut self.subjects {
                subject.measure(&snapshot);
            }
        }
    }

    fn figures(&self) -> Vec<Figure> {
        if has_two_cores() {
            let is_judged = self.is_judged();
            let figures = self.subjects.iter().map(|subject| subject.figure(self.name, is_judged));
            figures.collect()
        } else {
            vec![Figure::new(
                self.name,
                "skipped: this machine has one core",
                1.0,
                "core",
            )]
        }
    }

    fn note(&self) -> Option<String> {
        if !has_two_cores() || !self.subjects.iter().any(|subject| subject.is_budgeted) {
            return None;
        }
        let limit = self.subjects[0].ratio();
        Some(if self.is_judged() {
            format!("The machine gave two cores: the Cell came to {limit:.3} ×, so that {LEAST} is the budget.")
        } else {
            format!(
                "The machine gave less than two cores: the Cell came to {limit:.3} ×. The row of 2 threads that read \
                 is NOT judged."
            )
        })
    }
}

fn has_two_cores() -> bool {
    thread::available_parallelism().is_ok_and(|cores| cores.get() >= 2)
}

pub(crate) fn rows() -> Vec<Box<dyn Row>> {
    let reads = TwoThreads {
        name: "2 threads read and poll in one snapshot",
        subjects: vec![
            Scaling::new("limit: a thread-local Cell", limits::cell_read, Home::None),
            Scaling::new("contextvars, get", |n| time(n, reads::ALL[0].number), Home::Shared).budgeted(),
            Scaling::new(
                "contextvars, with a String",
                |n| time(n, reads::ALL[0].length_of_text),
                Home::Shared,
            )
            .budgeted(),
            Scaling::new(
                "contextvars, get, default",
                |n| time(n, reads::ALL[1].number),
                Home::Shared,
            )
            .budgeted(),
            Scaling::new("contextvars, poll", futures::polls_of_annotated, Home::Shared).budgeted(),
        ],
    };
    let writes = TwoThreads {
        name: "2 threads spawn and bind",
        subjects: vec![
            Scaling::new(
                "contextvars, capture, from one snapshot",
                futures::capture_to_completion,
                Home::Shared,
            ),
            Scaling::new(
                "contextvars, capture, from its own",
                futures::capture_to_completion,
                Home::Own,
            ),
            Scaling::new("contextvars, scope, in one snapshot", futures::scope, Home::Shared),
            Scaling::new("contextvars, scope, in its own", futures::scope, Home::Own),
            Scaling::new(
                "opentelemetry, capture, from its own",
                opentelemetry::inherit,
                Home::None,
            ),
            Scaling::new("a counter that every request bumps", limits::shared_counter, Home::None),
        ],
    };
    vec![Box::new(reads), Box::new(writes)]
}
