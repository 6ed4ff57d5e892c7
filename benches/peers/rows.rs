//! The rows: which subjects do an operation, and what this crate may take for it.

mod calls;
mod reads;
mod scopes;

use crate::limits;
use crate::memory::Idle;
use crate::opaque::{idle, opaque, plain, poll_once, polls};
use crate::options::Options;
use crate::ours::bound::Bound;
use crate::ours::{futures, writes};
use crate::rounds::time;
use crate::row::{Id, Row, Timed};
use crate::sizes::{Allocations, Sizes};
use crate::table::Table;
use crate::theirs::{dcontext, execution_context, fastrace, opentelemetry, task_local, tokio, tokio_inherit, tracing};
use crate::threads;
use std::time::Duration;

/// The rows of a table.
pub(crate) fn of(table: Table, options: &Options) -> Vec<Box<dyn Row>> {
    match table {
        Table::First => first(options),
        Table::Second => second(),
    }
}

fn second() -> Vec<Box<dyn Row>> {
    vec![
        Box::new(calls::below_wrappers()),
        Box::new(scopes::of_large()),
        Box::new(scopes::beside_one()),
        Box::new(set_and_reset_in_empty()),
        Box::new(reads::get_unbound()),
        Box::new(calls::returned()),
    ]
}

fn first(options: &Options) -> Vec<Box<dyn Row>> {
    let mut rows: Vec<Box<dyn Row>> = vec![
        Box::new(reads::get()),
        Box::new(reads::get_in_tight_loop()),
        Box::new(reads::get_counted()),
        Box::new(reads::with()),
        Box::new(poll()),
        Box::new(capture()),
        Box::new(set_and_reset()),
        Box::new(scope()),
        Box::new(sync_scope()),
        Box::new(first_set()),
    ];
    rows.extend(threads::rows());
    rows.push(Box::new(Sizes));
    rows.push(Box::new(Allocations::default()));
    rows.push(Box::new(Idle::new(options.tasks)));
    rows
}

fn poll() -> Timed {
    let mut row = Timed::new("poll, over a bare one");
    let bare = row.add("bare poll of a plain async fn", |n| polls(n, || plain(opaque())));
    row.over(bare);
    let one = row.add("tokio, 1 scope", tokio::polls_of_scope);
    let eight = row.add("tokio, 8 scopes", tokio::polls_of_8_scopes);
    for n in [1, 8, 32, 256, 1000] {
        let bound = Bound::set(n);
        let ours = row.add(bound.named(""), bound.timed(futures::polls_of_annotated));
        row.limit(ours, one, 0.5);
        row.limit(ours, eight, 0.06);
        match n {
            8 => row.bar(ours, "contextvars, 8 bound"),
            1000 => row.bar(ours, "contextvars, 1,000 bound"),
            _ => ours,
        };
    }
    for bound in [Bound::set(0), Bound::set(8)] {
        let scope = row.add(bound.named("VAR.scope"), bound.timed(futures::polls_of_scope));
        row.compare(scope, one);
    }
    let scope = row.add(
        "contextvars, 8 bound, VAR.scope, VAR too",
        Bound::set(8).first().timed(futures::polls_of_scope),
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
        Bound::set(8).timed(futures::capture_to_completion),
    );
    let cancelled = row.add(
        "contextvars, 8 bound, cancelled",
        Bound::set(8).timed(futures::capture_and_cancel),
    );
    row.limit(ready, arc, 2.0);
    row.limit(cancelled, arc, 2.0);
    row.bar(ready, "contextvars, 8 bound");
    let many = row.add(
        "contextvars, 1000 bound, ready at once",
        Bound::set(1000).timed(futures::capture_to_completion),
    );
    row.compare(many, arc);
    let wrapped = row.add(
        "contextvars, 8 bound, in_current_context",
        Bound::set(8).timed(futures::wrap_in_current_context),
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
        let ours = row.add(bound.named(place), bound.timed(writes::set_and_reset));
        row.limit(ours, made, 2.5);
        ours
    });
    row.bar(not, "contextvars, VAR not bound");
    row.bar(first, "contextvars, VAR bound");
    let guard = row.add(of_8.named("VAR not, guard"), of_8.timed(writes::set_with_guard));
    row.compare(guard, made);
    for bound in [Bound::set(32), Bound::set(1000)] {
        let ours = row.add(bound.named("VAR not"), bound.timed(writes::set_and_reset));
        row.compare(ours, made);
    }
    row
}

fn set_and_reset_in_empty() -> Timed {
    let mut row = Timed::new("set and reset a u64 in an empty context");
    let made = row.add("a Box made and dropped", limits::box_made_and_dropped);
    let empty = Bound::set(0);
    let ours = row.add(empty.named("VAR not"), empty.timed(writes::set_and_reset));
    row.limit(ours, made, 2.0);
    let guard = row.add(empty.named("VAR not, guard"), empty.timed(writes::set_with_guard));
    row.compare(guard, made);
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
    bind(&mut row, otel, futures::scope);
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
    bind(&mut row, otel, writes::call_in_scope);
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
    let [of_8, of_1000] = of_both(&mut row, "VAR too", Bound::first, writes::first_set);
    row.limit(of_1000, of_8, 4.0);
    let [beside_8, beside_1000] = of_both(&mut row, "VAR not, reset", |bound| bound, writes::first_set_and_reset);
    row.limit(beside_1000, beside_8, 4.0);
    of_both(&mut row, "the snapshot alone", |bound| bound, writes::snapshot);
    row
}
