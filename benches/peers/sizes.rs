//! What does not vary from run to run: bytes added to a future, and allocations by operation.

use crate::allocator::counted;
use crate::budget::Budget;
use crate::figure::Figure;
use crate::opaque::{Never, idle};
use crate::ours::bound::Bound;
use crate::ours::futures::annotated_idle;
use crate::ours::reads::Kind::{self, Number, Text};
use crate::ours::variables::Position;
use crate::ours::{futures, reads, writes};
use crate::rounds::{calls, time, to_f64};
use crate::row::Row;
use crate::theirs::{opentelemetry, tokio};
use contextvars::with_context;
use std::hint::black_box;
use std::time::Duration;

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
                size_of_val(&annotated_idle()) - size_of_val(&idle()),
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
            ("get", bound, Number, |n| time(n, reads::ALL[0].number)),
            ("get what is not bound", not, Number, |n| time(n, reads::ALL[0].number)),
            ("with a String", bound, Text, |n| time(n, reads::ALL[0].length_of_text)),
        ];
        for (subject, bound, kind, operation) in none {
            self.add(subject, bound, Position::of(0, kind), operation).budget = Some(Budget::AtMost(0.0));
        }
        let polls: Operation = futures::polls_of_annotated;
        self.add("poll of an annotated future", bound, Position::VAR, polls)
            .budget = Some(Budget::AtMost(0.0));
        self.add("get a String", bound, Position::of(0, Text), |n| {
            time(n, reads::ALL[0].text)
        });
        let some: [(&str, Bound, Operation); 10] = [
            ("capture, wrap, first poll, drop", bound, futures::capture_to_completion),
            ("set and reset, VAR not bound", not, writes::set_and_reset),
            ("set and reset, VAR bound", bound, writes::set_and_reset),
            ("scope, VAR not bound", not, futures::scope),
            ("scope, VAR bound", bound, futures::scope),
            ("sync_scope, VAR not bound", not, writes::call_in_scope),
            ("sync_scope, VAR bound", bound, writes::call_in_scope),
            ("first set after a snapshot", bound, writes::first_set),
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
