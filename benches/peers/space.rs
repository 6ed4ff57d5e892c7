//! The rows of space: bytes added to a future, allocations by operation, the memory of idle tasks.

use crate::harness::row::{Budget, Figure, Row};
use crate::harness::timing::{calls, time, to_f64};
use crate::opaque::{Never, idle};
use crate::ours::bound::Bound;
use crate::ours::operations;
use crate::ours::variables::Kind::{self, Number, Text};
use crate::ours::variables::{Position, READS, VAR};
use crate::theirs::{opentelemetry, tokio};
use contextvars::with_context;
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

/// The system's allocator, which counts while it is asked to. Otherwise it costs one load and a branch more than the
/// system's, on all sides of a comparison.
struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicI64 = AtomicI64::new(0);
static BYTES: AtomicI64 = AtomicI64::new(0);

// SAFETY: every call is handed on to the system's allocator as it is; the counters allocate nothing.
unsafe impl GlobalAlloc for Counting {
    #[inline(never)] // In the default allocator nothing is inlined into a caller either.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Ordering::Relaxed) {
            ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
            BYTES.fetch_add(size(layout), Ordering::Relaxed);
        }
        // SAFETY: the caller keeps the contract of `alloc`, which is the system's.
        unsafe { System.alloc(layout) }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if COUNTS.load(Ordering::Relaxed) {
            BYTES.fetch_sub(size(layout), Ordering::Relaxed);
        }
        // SAFETY: the caller keeps the contract of `dealloc`, and the pointer came from the system.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn size(layout: Layout) -> i64 {
    layout.size().cast_signed() as i64
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What a call has allocated.
struct Allocated {
    times: i64,
    /// Bytes asked for and not given back by the end of the call.
    bytes: i64,
}

/// Counts what `f` allocates.
fn counted(f: impl FnOnce()) -> Allocated {
    let before = (ALLOCATIONS.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
    COUNTS.store(true, Ordering::Relaxed);
    f();
    COUNTS.store(false, Ordering::Relaxed);
    Allocated {
        times: ALLOCATIONS.load(Ordering::Relaxed) - before.0,
        bytes: BYTES.load(Ordering::Relaxed) - before.1,
    }
}

/// The sizes of futures.
pub(crate) struct Sizes;

const KIB: usize = 1024;

#[expect(clippy::large_types_passed_by_value, reason = "that is what is measured")]
async fn plain(argument: [u8; KIB]) {
    Never.await;
    black_box(&argument);
}

#[expect(clippy::large_types_passed_by_value, reason = "as above")]
#[with_context]
async fn annotated(argument: [u8; KIB]) {
    Never.await;
    black_box(&argument);
}

/// Its size is a multiple of eight, so that nothing is padded.
async fn plain_word() {
    let held = black_box(7_u64);
    Never.await;
    black_box(&held);
}

#[with_context]
async fn annotated_word() {
    let held = black_box(7_u64);
    Never.await;
    black_box(&held);
}

fn size_of_val<T>(value: &T) -> f64 {
    to_f64(std::mem::size_of_val(value) as u64)
}

impl Row for Sizes {
    fn name(&self) -> &'static str {
        "bytes added to a future"
    }

    fn measure(&mut self, _: usize) {}

    fn figures(&self) -> Vec<Figure> {
        let of = |subject, value| Figure::new(self.name(), subject, value, "bytes");
        let small = size_of_val(&annotated_word()) - size_of_val(&plain_word());
        let large = size_of_val(&annotated([0; KIB])) - size_of_val(&plain([0; KIB]));
        vec![
            of("contextvars, a held word", small).budgeted(Budget::AtMost(24.0)),
            of("contextvars, an argument of 1 KiB", large).budgeted(Budget::AtMost(24.0)),
            of("that whole: plain", size_of_val(&plain([0; KIB]))),
            of("that whole: contextvars", size_of_val(&annotated([0; KIB]))),
            of(
                "contextvars, one byte, padded",
                size_of_val(&operations::annotated_idle()) - size_of_val(&idle()),
            ),
            of(
                "tokio, 1 scope, one byte, padded",
                size_of_val(&tokio::idle_in_scope(7)) - size_of_val(&idle()),
            ),
            of(
                "opentelemetry, one byte, padded",
                size_of_val(&opentelemetry::idle_with_value(7)) - size_of_val(&idle()),
            ),
        ]
    }
}

/// The allocations of one operation, in the middle of many.
#[derive(Default)]
pub(crate) struct Allocations(Vec<Figure>);

type Operation = fn(u64) -> Duration;

impl Allocations {
    const NAME: &'static str = "allocations";

    /// The allocations of `many` operations more, by one.
    fn of(bound: Bound, position: Position, operation: Operation) -> f64 {
        let many = 800;
        let mut times = [0; 2];
        // What the first calls and the variables around them allocate is the same in both.
        for (times, n) in times.iter_mut().zip([many, 2 * many]) {
            *times = counted(|| {
                bound.around(position, &mut || {
                    operation(n);
                });
            })
            .times;
        }
        let more = calls(2 * many) - calls(many);
        to_f64((times[1] - times[0]).unsigned_abs()) / to_f64(more)
    }

    fn add(&mut self, subject: &str, bound: Bound, position: Position, operation: Operation) -> &mut Figure {
        let times = Self::of(bound, position, operation);
        self.0.push(Figure::new(Self::NAME, subject, times, "times"));
        self.0.last_mut().expect("one was added")
    }
}

impl Row for Allocations {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn measure(&mut self, _: usize) {
        let (bound, not) = (Bound::set(9).first(), Bound::set(9));
        let none: [(&str, Bound, Kind, Operation); 3] = [
            ("get", bound, Number, |n| time(n, READS[0].number)),
            ("get what is not bound", not, Number, |n| time(n, READS[0].number)),
            ("with a String", bound, Text, |n| time(n, READS[0].length_of_text)),
        ];
        for (subject, bound, kind, operation) in none {
            self.add(subject, bound, Position::of(0, kind), operation).budget = Some(Budget::AtMost(0.0));
        }
        let polls: Operation = operations::polls_of_annotated;
        self.add("poll of an annotated future", bound, Position::VAR, polls)
            .budget = Some(Budget::AtMost(0.0));
        self.add("get a String", bound, Position::of(0, Text), |n| time(n, READS[0].text));
        let some: [(&str, Bound, Operation); 10] = [
            (
                "capture, wrap, first poll, drop",
                bound,
                operations::capture_to_completion,
            ),
            ("set and reset, VAR not bound", not, operations::set_and_reset),
            ("set and reset, VAR bound", bound, operations::set_and_reset),
            ("scope, VAR not bound", not, operations::scope),
            ("scope, VAR bound", bound, operations::scope),
            ("sync_scope, VAR not bound", not, operations::call_in_scope),
            ("sync_scope, VAR bound", bound, operations::call_in_scope),
            ("first set after a snapshot", bound, operations::first_set),
            ("opentelemetry, scope", not, opentelemetry::scope),
            (
                "opentelemetry, attach and detach",
                not,
                opentelemetry::attach_and_detach,
            ),
        ];
        for (subject, bound, operation) in some {
            self.add(subject, bound, Position::VAR, operation);
        }
    }

    fn figures(&self) -> Vec<Figure> {
        self.0.clone()
    }
}

/// Boxed futures that were polled once and wait.
type Task = Pin<Box<dyn Future<Output = ()>>>;

/// So many idle tasks, of each kind.
pub(crate) struct Idle {
    tasks: usize,
    figures: Vec<Figure>,
}

impl Idle {
    const NAME: &'static str = "memory of an idle task";

    pub(crate) fn new(tasks: usize) -> Self {
        Self {
            tasks,
            figures: Vec::new(),
        }
    }

    fn add(&mut self, subject: &str, make: impl Fn(u64) -> Task) {
        let mut bytes = 0.0;
        Bound::set(8).around(Position::VAR, &mut || bytes = bytes_of_each(self.tasks, &make));
        self.figures.push(Figure::new(Self::NAME, subject, bytes, "bytes"));
    }
}

/// Bytes asked for by each of `n` tasks.
fn bytes_of_each(n: usize, make: impl Fn(u64) -> Task) -> f64 {
    let mut tasks = Vec::with_capacity(n);
    let mut cx = Context::from_waker(Waker::noop());
    let Allocated { bytes, .. } = counted(|| {
        tasks.extend((0..n as u64).map(|value| {
            let mut task = make(value);
            assert!(task.as_mut().poll(&mut cx).is_pending());
            task
        }));
    });
    to_f64(bytes.unsigned_abs()) / to_f64(n as u64)
}

impl Row for Idle {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn measure(&mut self, _: usize) {
        self.add("plain async fn", |_| Box::pin(idle()));
        self.add("contextvars, context inherited (8 bound)", |_| {
            Box::pin(operations::annotated_idle())
        });
        self.add("contextvars, a variable of its own set", |value| {
            Box::pin(operations::annotated_writer(value))
        });
        self.add("contextvars, VAR.scope", |value| Box::pin(VAR.scope(value, idle())));
        self.add("tokio, 1 scope of a u64", |value| Box::pin(tokio::idle_in_scope(value)));
        self.add("opentelemetry, one value", |value| {
            Box::pin(opentelemetry::idle_with_value(value))
        });
    }

    fn figures(&self) -> Vec<Figure> {
        self.figures.clone()
    }
}
