//! Two threads against one: what all of them read, and what they write for each other to wait.

use crate::budget::Budget;
use crate::figure::Figure;
use crate::limits;
use crate::ours::variables::Bound::{Also, Set};
use crate::ours::{futures, reads};
use crate::rounds::{time, to_f64};
use crate::row::Row;
use crate::theirs::opentelemetry;
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
    budget: Option<Budget>,
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
            budget: None,
            batch: 0,
            best: [0.0; 2],
        }
    }

    fn at_least(self, limit: f64) -> Self {
        Self {
            budget: Some(Budget::AtLeast(limit)),
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
            Home::Own => Set(8).around(&mut run),
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

    fn measure(&mut self, rounds: usize) {
        let mut snapshot = Context::new();
        Also(9, reads::bind_text).around(&mut || snapshot = Context::current());
        if self.batch == 0 {
            let n = 10_000;
            let (start, end) = self.run_here(&snapshot, n);
            let scale = BATCH.as_secs_f64() / (end - start).as_secs_f64();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "positive, below 2^40"
            )]
            let batch = (to_f64(n) * scale) as u64;
            self.batch = batch.max(n);
        }
        for _ in 0..rounds {
            for threads in [1, 2] {
                let best = &self.best[threads - 1];
                let now = self.throughput(&snapshot, threads, self.batch);
                self.best[threads - 1] = best.max(now);
            }
        }
    }

    fn figure(&self, row: &'static str) -> Figure {
        let [one, two] = self.best;
        let mut figure = Figure::new(row, self.subject, 2.0 / two, "ns").compared(two / one, "1 thread's throughput");
        figure.budget = self.budget;
        figure
    }
}

struct TwoThreads {
    name: &'static str,
    subjects: Vec<Scaling>,
}

impl Row for TwoThreads {
    fn name(&self) -> &'static str {
        self.name
    }

    fn measure(&mut self, _: usize) {
        if has_two_cores() {
            for subject in &mut self.subjects {
                // What has kept its budget needs no other chance.
                if subject.batch == 0 || !subject.figure(self.name).is_ok() {
                    subject.measure(ROUNDS);
                }
            }
        }
    }

    fn figures(&self) -> Vec<Figure> {
        if has_two_cores() {
            self.subjects.iter().map(|subject| subject.figure(self.name)).collect()
        } else {
            vec![Figure::new(
                self.name,
                "skipped: this machine has one core",
                1.0,
                "core",
            )]
        }
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
            Scaling::new("contextvars, get", |n| time(n, reads::first), Home::Shared).at_least(1.9),
            Scaling::new(
                "contextvars, with a String",
                |n| time(n, reads::length_of_text),
                Home::Shared,
            )
            .at_least(1.9),
            Scaling::new("contextvars, get, default", |n| time(n, reads::default), Home::Shared).at_least(1.9),
            Scaling::new("contextvars, poll", futures::polls_of_annotated, Home::Shared).at_least(1.9),
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
            Scaling::new(
                "contextvars, scope, in one snapshot",
                futures::scope_of_loose,
                Home::Shared,
            ),
            Scaling::new("contextvars, scope, in its own", futures::scope_of_loose, Home::Own),
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
