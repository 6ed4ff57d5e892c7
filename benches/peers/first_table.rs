//! The first table: each operation beside its peers, and what this crate may take for it. A function a row.

use crate::harness::row::{Id, Row, Timed};
use crate::harness::threads::{Role, Scaling, TwoThreads};
use crate::harness::timing::time;
use crate::limits;
use crate::opaque::{idle, opaque, plain, poll_once, polls};
use crate::ours::bound::{Bound, reads_in_copies};
use crate::ours::operations;
use crate::ours::variables::{Kind, Place, Position};
use crate::space::{Allocations, Idle, Sizes};
use crate::theirs::{dcontext, execution_context, fastrace, opentelemetry, task_local, tokio, tokio_inherit, tracing};
use std::time::Duration;

/// The rows. The last counts the memory of `tasks` idle tasks.
pub(crate) fn rows(tasks: usize) -> Vec<Box<dyn Row>> {
    vec![
        Box::new(get()),
        Box::new(get_in_tight_loop()),
        Box::new(get_counted()),
        Box::new(with()),
        Box::new(poll()),
        Box::new(capture()),
        Box::new(set_and_reset()),
        Box::new(scope()),
        Box::new(sync_scope()),
        Box::new(first_set()),
        Box::new(reads_of_2_threads()),
        Box::new(writes_of_2_threads()),
        Box::new(Sizes),
        Box::new(Allocations::default()),
        Box::new(Idle::new(tasks)),
    ]
}

fn get() -> Timed {
    let mut row = Timed::new("get a u64");
    let tokio = row.add("tokio task_local", tokio::get());
    let add = |row: &mut Timed, bound: Bound, place| {
        row.add(bound.named(place), bound.reads(Kind::Number, |place| place.number))
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

fn get_in_tight_loop() -> Timed {
    let mut row = Timed::new("get a u64 in a tight loop");
    let tokio = row.add("tokio task_local", tokio::get_in_tight_loop);
    for n in [1, 8, 32] {
        let bound = Bound::set(n).first();
        let ours = row.add(bound.named("the first"), bound.timed(operations::get_in_tight_loop));
        row.compare(ours, tokio);
    }
    row.add("task-local", task_local::get_in_tight_loop);
    row.add("limit: a thread-local Cell", limits::cell_read_in_tight_loop);
    row
}

fn get_counted() -> Timed {
    let mut row = Timed::new("get a value whose Clone is user code");
    let tokio = row.add("tokio task_local", tokio::get_counted());
    for n in [1, 8, 32] {
        let bound = Bound::set(n).last();
        let ours = row.add(bound.named(""), bound.reads(Kind::Counted, |place| place.counted));
        row.limit(ours, tokio, 1.2);
    }
    row.add("task-local", task_local::get_counted());
    row
}

fn with() -> Timed {
    let mut row = Timed::new("with a String");
    let tokio = row.add("tokio task_local", tokio::with_text());
    let add = |row: &mut Timed, bound: Bound, what| {
        row.add(bound.named(what), bound.reads(Kind::Text, |place| place.length_of_text))
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
    let cloned = row.add(bound.named("get, a clone"), bound.reads(Kind::Text, |place| place.text));
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

fn poll() -> Timed {
    let mut row = Timed::new("poll, over a bare one");
    let bare = row.add("bare poll of a plain async fn", |n| polls(n, || plain(opaque())));
    row.over(bare);
    let one = row.add("tokio, 1 scope", tokio::polls_of_scope);
    let eight = row.add("tokio, 8 scopes", tokio::polls_of_8_scopes);
    for n in [1, 8, 32, 256, 1000] {
        let bound = Bound::set(n);
        let ours = row.add(bound.named(""), bound.timed(operations::polls_of_annotated));
        row.limit(ours, one, 0.5);
        row.limit(ours, eight, 0.06);
        match n {
            8 => row.bar(ours, "contextvars, 8 bound"),
            1000 => row.bar(ours, "contextvars, 1,000 bound"),
            _ => ours,
        };
    }
    for bound in [Bound::set(0), Bound::set(8)] {
        let scope = row.add(bound.named("VAR.scope"), bound.timed(operations::polls_of_scope));
        row.compare(scope, one);
    }
    let scope = row.add(
        "contextvars, 8 bound, VAR.scope, VAR too",
        Bound::set(8).first().timed(operations::polls_of_scope),
    );
    row.compare(scope, one);
    row.bar(one, "tokio, 1 scope");
    row.bar(eight, "tokio, 8 scopes");
    let task_local = row.add("task-local, 1 scope", task_local::polls_of_scope);
    row.bar(task_local, "task-local, 1 scope");
    let inherit = row.add("tokio-inherit-task-local, 9 bound", tokio_inherit::polls_of_scope);
    row.bar(inherit, "tokio-inherit-task-local");
    let otel = row.add("opentelemetry, 8 bound", opentelemetry::polls_of_wrapped);
    row.bar(otel, "opentelemetry");
    let tracing = row.add("tracing, instrumented", tracing::polls_of_instrumented);
    row.bar(tracing, "tracing span");
    let fastrace = row.add("fastrace, in a span, not sampled", fastrace::polls_of_span);
    row.bar(fastrace, "fastrace span");
    let dcontext = row.add("dcontext, forked from 8 bound", dcontext::polls_of_fork);
    row.bar(dcontext, "dcontext");
    row
}

fn capture() -> Timed {
    let mut row = Timed::new("capture, wrap, first poll, drop");
    let arc = row.add("an Arc cloned, dropped", limits::arc_clone_and_drop);
    let ready = row.add(
        "contextvars, 8 bound, ready at once",
        Bound::set(8).timed(operations::capture_to_completion),
    );
    let cancelled = row.add(
        "contextvars, 8 bound, cancelled",
        Bound::set(8).timed(operations::capture_and_cancel),
    );
    row.limit(ready, arc, 2.0);
    row.limit(cancelled, arc, 2.0);
    row.bar(ready, "contextvars, 8 bound");
    let many = row.add(
        "contextvars, 1000 bound, ready at once",
        Bound::set(1000).timed(operations::capture_to_completion),
    );
    row.compare(many, arc);
    let wrapped = row.add(
        "contextvars, 8 bound, in_current_context",
        Bound::set(8).timed(operations::wrap_in_current_context),
    );
    row.compare(wrapped, arc);
    row.add("plain async fn, inherits nothing", |n| time(n, || poll_once(idle)));
    row.bar(arc, "limit: Arc cloned and dropped");
    let inherit = row.add("tokio-inherit-task-local, 8 bound", tokio_inherit::inherit);
    row.bar(inherit, "tokio-inherit-task-local");
    let otel = row.add("opentelemetry, 8 bound", opentelemetry::inherit);
    row.bar(otel, "opentelemetry");
    let execution = row.add("execution-context, capture and run", execution_context::capture_and_run);
    row.bar(execution, "execution-context (a closure)");
    let tracing = row.add("tracing, in_current_span", tracing::inherit);
    row.bar(tracing, "tracing span");
    let fastrace = row.add("fastrace, child span, not sampled", fastrace::inherit);
    row.bar(fastrace, "fastrace span");
    let dcontext = row.add("dcontext, forked from 8 bound", dcontext::inherit);
    row.bar(dcontext, "dcontext");
    row
}

fn set_and_reset() -> Timed {
    let mut row = Timed::new("set and reset a u64");
    let made = row.add("a Box made and dropped", limits::box_made_and_dropped);
    row.bar(made, "limit: Box<u64> made and dropped");
    let of_8 = Bound::set(8);
    let [not, first, ..] = wheres(of_8, of_8).map(|(bound, place)| {
        let ours = row.add(bound.named(place), bound.timed(operations::set_and_reset));
        row.limit(ours, made, 2.5);
        ours
    });
    row.bar(not, "contextvars, VAR not bound");
    row.bar(first, "contextvars, VAR bound");
    let guard = row.add(of_8.named("VAR not, guard"), of_8.timed(operations::set_with_guard));
    row.compare(guard, made);
    for bound in [Bound::set(32), Bound::set(1000)] {
        let ours = row.add(bound.named("VAR not"), bound.timed(operations::set_and_reset));
        row.compare(ours, made);
    }
    row
}

/// Where `VAR` is: not among the first, and in three places among the second.
fn wheres(beside: Bound, among: Bound) -> [(Bound, &'static str); 4] {
    [
        (beside, "VAR not"),
        (among.first(), "VAR the first"),
        (among.last(), "VAR the last"),
        (among.far(), "VAR far"),
    ]
}

/// Our part of the rows that bind `VAR` around something, as `run` does it.
fn bind(row: &mut Timed, peer: Id, run: fn(u64) -> Duration) {
    for (beside, among) in [(Bound::set(8), Bound::set(9)), (Bound::scopes(8), Bound::scopes(9))] {
        let [not, first, last, far] =
            wheres(beside, among).map(|(bound, place)| row.add(bound.named(place), bound.timed(run)));
        row.limit(not, peer, 0.45);
        for subject in [first, last, far] {
            row.limit(subject, peer, 1.0);
        }
        if !among.is_by_scopes() {
            row.bar(not, "contextvars, VAR not bound");
            row.bar(first, "contextvars, VAR bound");
        }
    }
    for bound in [Bound::set(0), Bound::set(32), Bound::set(1000)] {
        let ours = row.add(bound.named("VAR not"), bound.timed(run));
        row.compare(ours, peer);
    }
}

fn scope() -> Timed {
    let mut row = Timed::new("scope: make, poll, drop");
    let otel = row.add("opentelemetry", opentelemetry::scope);
    bind(&mut row, otel, operations::scope);
    row.bar(otel, "opentelemetry");
    row.add("opentelemetry, beside 8 values", opentelemetry::scope_beside_8);
    let tokio = row.add("tokio task_local (inherits nothing)", tokio::scope);
    row.bar(tokio, "tokio (inherits nothing)");
    let task_local = row.add("task-local (inherits nothing)", task_local::scope);
    row.bar(task_local, "task-local (inherits nothing)");
    let inherit = row.add("tokio-inherit-task-local, beside 8", tokio_inherit::scope);
    row.bar(inherit, "tokio-inherit-task-local");
    let tracing = row.add("tracing, a new span", tracing::scope);
    row.bar(tracing, "tracing span");
    let fastrace = row.add("fastrace, a child span, not sampled", fastrace::scope);
    row.bar(fastrace, "fastrace span");
    let dcontext = row.add("dcontext, beside 8", dcontext::scope);
    row.bar(dcontext, "dcontext");
    row
}

fn sync_scope() -> Timed {
    let mut row = Timed::new("sync_scope: bind, call, restore");
    let otel = row.add("opentelemetry", opentelemetry::attach_and_detach);
    bind(&mut row, otel, operations::call_in_scope);
    row.bar(otel, "opentelemetry");
    row.add(
        "opentelemetry, beside 8 values",
        opentelemetry::attach_and_detach_beside_8,
    );
    let tokio = row.add("tokio task_local (inherits nothing)", tokio::call_in_scope);
    row.bar(tokio, "tokio (inherits nothing)");
    let task_local = row.add("task-local (inherits nothing)", task_local::call_in_scope);
    row.bar(task_local, "task-local (inherits nothing)");
    let inherit = row.add("tokio-inherit-task-local, beside 8", tokio_inherit::call_in_scope);
    row.bar(inherit, "tokio-inherit-task-local");
    let tracing = row.add("tracing, a new span", tracing::call_in_scope);
    row.bar(tracing, "tracing span");
    let fastrace = row.add("fastrace, a child span, not sampled", fastrace::call_in_scope);
    row.bar(fastrace, "fastrace span");
    let dcontext = row.add("dcontext, beside 8", dcontext::call_in_scope);
    row.bar(dcontext, "dcontext");
    row
}

fn first_set() -> Timed {
    let mut row = Timed::new("first set after a snapshot");
    let of_both = |row: &mut Timed, what: &str, place: fn(Bound) -> Bound, run: fn(u64) -> Duration| {
        [8, 1000].map(|n| {
            let bound = place(Bound::set(n));
            row.add(bound.named(what), bound.timed(run))
        })
    };
    let [of_8, of_1000] = of_both(&mut row, "VAR too", Bound::first, operations::first_set);
    row.limit(of_1000, of_8, 4.0);
    let [beside_8, beside_1000] = of_both(
        &mut row,
        "VAR not, reset",
        |bound| bound,
        operations::first_set_and_reset,
    );
    row.limit(beside_1000, beside_8, 4.0);
    of_both(&mut row, "the snapshot alone", |bound| bound, operations::snapshot);
    row
}

/// Reads in copies of the same contexts, one for each place.
fn scaling_of_reads<R: 'static>(
    subject: &'static str,
    bound: Bound,
    kind: Kind,
    read: fn(&Place) -> fn() -> R,
) -> Scaling {
    let contexts = bound.contexts(kind);
    Scaling::new(subject, Role::Budgeted, move || {
        Box::new(reads_in_copies(&contexts, read))
    })
}

/// In copies of one snapshot.
fn in_one_snapshot(subject: &'static str, role: Role, operation: fn(u64) -> Duration) -> Scaling {
    let snapshot = Bound::set(9).first().context(Position::VAR);
    Scaling::new(subject, role, move || {
        let mut copy = snapshot.clone();
        Box::new(move |n| copy.run(|| operation(n)))
    })
}

/// In a context that the thread has made itself.
fn in_own_context(subject: &'static str, operation: fn(u64) -> Duration) -> Scaling {
    Scaling::new(subject, Role::Shown, move || {
        Box::new(Bound::set(9).first().timed(operation))
    })
}

fn reads_of_2_threads() -> TwoThreads {
    let (bound, not) = (Bound::set(9).first(), Bound::set(9));
    TwoThreads::new(
        "2 threads read and poll in one snapshot",
        vec![
            Scaling::bare("limit: a thread-local Cell", Role::Limit, limits::cell_read),
            Scaling::bare("limit: arithmetic that fills a core", Role::Limit, limits::arithmetic),
            scaling_of_reads("contextvars, get", bound, Kind::Number, |place| place.number),
            scaling_of_reads("contextvars, with a String", bound, Kind::Text, |place| {
                place.length_of_text
            }),
            scaling_of_reads("contextvars, get, default", not, Kind::Number, |place| place.number),
            in_one_snapshot("contextvars, poll", Role::Budgeted, operations::polls_of_annotated),
        ],
    )
}

fn writes_of_2_threads() -> TwoThreads {
    TwoThreads::new(
        "2 threads spawn and bind",
        vec![
            in_one_snapshot(
                "contextvars, capture, from one snapshot",
                Role::Shown,
                operations::capture_to_completion,
            ),
            in_own_context("contextvars, capture, from its own", operations::capture_to_completion),
            in_one_snapshot("contextvars, scope, in one snapshot", Role::Shown, operations::scope),
            in_own_context("contextvars, scope, in its own", operations::scope),
            Scaling::bare(
                "opentelemetry, capture, from its own",
                Role::Shown,
                opentelemetry::inherit,
            ),
            Scaling::bare(
                "a counter that every request bumps",
                Role::Shown,
                limits::shared_counter,
            ),
        ],
    )
}
