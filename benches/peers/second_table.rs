//! The second table: what services do most, beside the least that does it. A function a row.

use crate::harness::row::{Row, Timed};
use crate::limits;
use crate::ours::bound::{Bound, reads_in_no_context};
use crate::ours::operations;
use crate::ours::variables::Kind;
use crate::theirs::{dcontext, opentelemetry, task_local, tokio, tokio_inherit};
use std::time::Duration;

pub(crate) fn rows() -> Vec<Box<dyn Row>> {
    vec![
        Box::new(call_below_wrappers()),
        Box::new(scope_of_large()),
        Box::new(scope_beside_one()),
        Box::new(set_and_reset_in_empty()),
        Box::new(get_unbound()),
        Box::new(call_of_boxed()),
    ]
}

fn call_below_wrappers() -> Timed {
    let mut row = Timed::new("annotated call below wrappers");
    let among = Bound::set(9).first();
    let bare = row.add(
        among.named("nothing around"),
        among.timed(operations::capture_to_completion),
    );
    let beside = Bound::set(8);
    let scope = row.add(
        beside.named("VAR.scope"),
        beside.timed(operations::below_scope(operations::capture_to_completion)),
    );
    let in_context = row.add(
        among.named("in_context"),
        among.timed(operations::below_in_context(operations::capture_to_completion)),
    );
    let current = row.add(
        among.named("in_current_context"),
        among.timed(operations::below_in_current_context(operations::capture_to_completion)),
    );
    row.limit(scope, bare, 1.2);
    row.limit(in_context, bare, 1.2);
    row.compare(current, bare);
    // As behind a middleware: no context is entered around the scopes.
    for (scopes, limit) in [(1, 1.2), (100, 1.3)] {
        let among = Bound::set(scopes).first();
        let bare = row.add(
            among.named("nothing around"),
            among.timed(operations::capture_to_completion),
        );
        let below = row.add(
            format!("contextvars, {scopes} bound by VAR.scope each"),
            operations::below_scopes(scopes, operations::capture_to_completion),
        );
        row.limit(below, bare, limit);
    }
    row
}

/// What else is bound around a scope.
const BESIDE: Bound = Bound::set(1);
const KIB: usize = 1024;

type Operation = fn(u64) -> Duration;

fn scope_of_large() -> Timed {
    let mut row = Timed::new("scope of a large future: make, poll, drop");
    let sizes: [(&str, Operation, Operation); 3] = [
        (
            "16 KiB",
            tokio::scope_of_large::<{ 16 * KIB }>,
            operations::scope_of_large::<{ 16 * KIB }>,
        ),
        (
            "64 KiB",
            tokio::scope_of_large::<{ 64 * KIB }>,
            operations::scope_of_large::<{ 64 * KIB }>,
        ),
        (
            "256 KiB",
            tokio::scope_of_large::<{ 256 * KIB }>,
            operations::scope_of_large::<{ 256 * KIB }>,
        ),
    ];
    let peers = sizes.map(|(size, theirs, ours)| {
        let tokio = row.add(format!("tokio scope, {size}"), theirs);
        let ours = row.add(format!("contextvars, VAR.scope, {size}"), BESIDE.timed(ours));
        row.limit(ours, tokio, 3.0);
        tokio
    });
    let of_64 = peers[1];
    let annotated = row.add(
        "contextvars, annotated, 64 KiB",
        BESIDE.timed(operations::capture_of_large::<{ 64 * KIB }>),
    );
    row.limit(annotated, of_64, 2.0);
    let in_context = row.add(
        "contextvars, in_context, 64 KiB",
        BESIDE.timed(operations::large_in_context::<{ 64 * KIB }>),
    );
    let current = row.add(
        "contextvars, in_current_context, 64 KiB",
        BESIDE.timed(operations::large_in_current_context::<{ 64 * KIB }>),
    );
    row.compare(in_context, of_64);
    row.compare(current, of_64);
    let boxed = row.add(
        "tokio scope, 64 KiB with a String, boxed",
        tokio::scope_of_large_boxed::<{ 64 * KIB }>,
    );
    let scope = row.add(
        "contextvars, VAR.scope, 64 KiB, boxed",
        BESIDE.timed(operations::scope_of_large_boxed::<{ 64 * KIB }>),
    );
    let annotated = row.add(
        "contextvars, annotated, 64 KiB, boxed",
        BESIDE.timed(operations::capture_of_large_boxed::<{ 64 * KIB }>),
    );
    row.limit(scope, boxed, 3.0);
    row.limit(annotated, boxed, 2.0);
    row
}

fn scope_beside_one() -> Timed {
    let mut row = Timed::new("scope beside one other variable: make, poll, drop");
    let tokio = row.add("tokio scope", tokio::scope);
    let ours = row.add(BESIDE.named("VAR not"), BESIDE.timed(operations::scope));
    row.limit(ours, tokio, 4.0);
    row
}

fn set_and_reset_in_empty() -> Timed {
    let mut row = Timed::new("set and reset a u64 in an empty context");
    let made = row.add("a Box made and dropped", limits::box_made_and_dropped);
    let empty = Bound::set(0);
    let ours = row.add(empty.named("VAR not"), empty.timed(operations::set_and_reset));
    row.limit(ours, made, 2.0);
    let guard = row.add(empty.named("VAR not, guard"), empty.timed(operations::set_with_guard));
    row.compare(guard, made);
    row
}

fn get_unbound() -> Timed {
    let mut row = Timed::new("get, is_set of what is not bound");
    let tokio = row.add("tokio task_local, try_with that fails", tokio::get_missing());
    let [of_8, of_1000] = [8, 1000].map(|n| {
        let bound = Bound::set(n);
        [
            row.add(bound.named("default"), bound.reads(Kind::Number, |place| place.number)),
            row.add(
                bound.named("no default"),
                bound.reads(Kind::Missing, |place| place.missing),
            ),
            row.add(bound.named("is_set"), bound.reads(Kind::Missing, |place| place.is_set)),
        ]
    });
    for (of_8, of_1000) in of_8.into_iter().zip(of_1000) {
        row.limit(of_8, tokio, 1.2);
        row.limit(of_1000, of_8, 2.5);
    }
    let outside = [
        row.add(
            "contextvars, in no context, default",
            reads_in_no_context(|place| place.number),
        ),
        row.add(
            "contextvars, in no context, no default",
            reads_in_no_context(|place| place.missing),
        ),
        row.add(
            "contextvars, in no context, is_set",
            reads_in_no_context(|place| place.is_set),
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

fn call_of_boxed() -> Timed {
    let mut row = Timed::new("annotated fn that returns a boxed future, over the plain fn");
    let plain = row.add("the plain fn: call, poll, drop", operations::call_boxed_plain);
    row.over(plain);
    let arc = row.add("an Arc cloned, dropped", limits::arc_clone_and_drop);
    row.whole(arc);
    let bound = Bound::set(8);
    let unwritten = row.add(bound.named(""), bound.timed(operations::call_boxed_unwritten));
    let written = row.add(bound.named("VAR = value"), bound.timed(operations::call_boxed_written));
    let block = row.add(bound.named("an async block"), bound.timed(operations::call_boxed_block));
    row.limit(unwritten, arc, 3.0);
    row.limit(written, arc, 3.0);
    row.compare(block, arc);
    row
}
