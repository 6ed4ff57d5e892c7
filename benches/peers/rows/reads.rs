//! The rows of reads.

use crate::limits;
use crate::ours::bound::Bound;
use crate::ours::reads::{self, Kind};
use crate::row::Timed;
use crate::theirs::{dcontext, execution_context, opentelemetry, task_local, tokio, tokio_inherit};

pub(super) fn get() -> Timed {
    let mut row = Timed::new("get a u64");
    let tokio = row.add("tokio task_local", tokio::get());
    let add = |row: &mut Timed, bound: Bound, place| {
        row.add(bound.named(place), reads::of(bound, Kind::Number, |place| place.number))
    };
    let of_1 = add(&mut row, Bound::set(1).first(), "the first");
    row.limit(of_1, tokio, 1.0);
    let mut pair = |bound: Bound| {
        [
            add(&mut row, bound.first(), "the first"),
            add(&mut row, bound.last(), "the last"),
        ]
    };
    let of_8 = pair(Bound::set(8));
    let few = [
        of_8,
        pair(Bound::set(32)),
        pair(Bound::scopes(8)),
        pair(Bound::scopes(32)),
    ];
    let of_256 = pair(Bound::set(256));
    let of_1000 = pair(Bound::set(1000));
    for subject in few.into_iter().flatten() {
        row.limit(subject, tokio, 1.0);
    }
    let far = add(&mut row, Bound::set(33).far(), "far from the rest");
    row.compare(far, tokio);
    for subject in of_256 {
        row.compare(subject, of_8[0]);
    }
    for subject in of_1000 {
        row.limit(subject, of_8[0], 2.5);
    }
    row.bar(of_8[0], "contextvars, 8 bound");
    row.bar(of_1000[0], "contextvars, 1,000 bound");
    row.bar(tokio, "tokio task_local");
    let cell = row.add("limit: a thread-local Cell", limits::cell_read);
    row.bar(cell, "limit: thread-local Cell");
    row.add("limit: a call that reads nothing", limits::call);
    let task_local = row.add("task-local", task_local::get());
    row.bar(task_local, "task-local");
    let inherit = row.add("tokio-inherit-task-local, 8 bound", tokio_inherit::get);
    row.bar(inherit, "tokio-inherit-task-local");
    let otel = row.add("opentelemetry, 8 bound", opentelemetry::get);
    row.bar(otel, "opentelemetry");
    let execution = row.add("execution-context, 1 bound", execution_context::get);
    row.bar(execution, "execution-context");
    let dcontext = row.add("dcontext, 8 bound", dcontext::get);
    row.bar(dcontext, "dcontext");
    row
}

pub(super) fn get_in_tight_loop() -> Timed {
    let mut row = Timed::new("get a u64 in a tight loop");
    let tokio = row.add("tokio task_local", tokio::get_in_tight_loop);
    for n in [1, 8, 32] {
        let bound = Bound::set(n).first();
        let ours = row.add(bound.named("the first"), bound.timed(reads::in_tight_loop));
        row.compare(ours, tokio);
    }
    row.add("task-local", task_local::get_in_tight_loop);
    row.add("limit: a thread-local Cell", limits::cell_read_in_tight_loop);
    row
}

pub(super) fn get_unbound() -> Timed {
    let mut row = Timed::new("get, is_set of what is not bound");
    let tokio = row.add("tokio task_local, try_with that fails", tokio::get_missing());
    let [of_8, of_1000] = [8, 1000].map(|n| {
        let bound = Bound::set(n);
        [
            row.add(
                bound.named("default"),
                reads::of(bound, Kind::Number, |place| place.number),
            ),
            row.add(
                bound.named("no default"),
                reads::of(bound, Kind::Missing, |place| place.missing),
            ),
            row.add(
                bound.named("is_set"),
                reads::of(bound, Kind::Missing, |place| place.is_set),
            ),
        ]
    });
    for (of_8, of_1000) in of_8.into_iter().zip(of_1000) {
        row.limit(of_8, tokio, 1.2);
        row.limit(of_1000, of_8, 2.5);
    }
    let outside = [
        row.add(
            "contextvars, in no context, default",
            reads::in_no_context(|place| place.number),
        ),
        row.add(
            "contextvars, in no context, no default",
            reads::in_no_context(|place| place.missing),
        ),
        row.add(
            "contextvars, in no context, is_set",
            reads::in_no_context(|place| place.is_set),
        ),
    ];
    for subject in outside {
        row.limit(subject, tokio, 1.2);
    }
    row.add("task-local, try_with that fails", task_local::get_missing());
    row.add("tokio-inherit-task-local, 8 bound", tokio_inherit::get_missing);
    row.add("opentelemetry, 8 bound", opentelemetry::get_missing);
    row.add("dcontext, 8 bound", dcontext::get_missing);
    row
}

pub(super) fn get_counted() -> Timed {
    let mut row = Timed::new("get a value whose Clone is user code");
    let tokio = row.add("tokio task_local", tokio::get_counted());
    for n in [1, 8, 32] {
        let bound = Bound::set(n).last();
        let ours = row.add(bound.named(""), reads::of(bound, Kind::Counted, |place| place.counted));
        row.limit(ours, tokio, 1.2);
    }
    row.add("task-local", task_local::get_counted());
    row
}

pub(super) fn with() -> Timed {
    let mut row = Timed::new("with a String");
    let tokio = row.add("tokio task_local", tokio::with_text());
    let add = |row: &mut Timed, bound: Bound, what| {
        row.add(
            bound.named(what),
            reads::of(bound, Kind::Text, |place| place.length_of_text),
        )
    };
    for n in [1, 8, 32] {
        let ours = add(&mut row, Bound::set(n).last(), "");
        row.limit(ours, tokio, 1.2);
        if n == 8 {
            row.bar(ours, "contextvars, 8 bound");
        }
    }
    let far = add(&mut row, Bound::set(33).far(), "far from the rest");
    row.compare(far, tokio);
    for n in [256, 1000] {
        let ours = add(&mut row, Bound::set(n).last(), "");
        row.compare(ours, tokio);
    }
    let bound = Bound::set(8).last();
    let cloned = row.add(
        bound.named("get, a clone"),
        reads::of(bound, Kind::Text, |place| place.text),
    );
    row.compare(cloned, tokio);
    row.bar(tokio, "tokio task_local");
    let task_local = row.add("task-local", task_local::with_text());
    row.bar(task_local, "task-local");
    let inherit = row.add("tokio-inherit-task-local", tokio_inherit::with_text);
    row.bar(inherit, "tokio-inherit-task-local");
    let otel = row.add("opentelemetry", opentelemetry::with_text);
    row.bar(otel, "opentelemetry");
    let execution = row.add("execution-context", execution_context::with_text);
    row.bar(execution, "execution-context");
    row
}
