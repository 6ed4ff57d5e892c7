//! The rows of scopes and contexts around a future, beside tokio's scope, which binds one value and inherits nothing.

use crate::ours::bound::Bound;
use crate::ours::{futures, large};
use crate::row::Timed;
use crate::theirs::tokio;
use std::time::Duration;

/// What else is bound.
const BESIDE: Bound = Bound::set(1);
const KIB: usize = 1024;

pub(super) fn beside_one() -> Timed {
    let mut row = Timed::new("scope beside one other variable: make, poll, drop");
    let tokio = row.add("tokio scope", tokio::scope);
    let ours = row.add(BESIDE.named("VAR not"), BESIDE.timed(futures::scope));
    row.limit(ours, tokio, 4.0);
    row
}

type Operation = fn(u64) -> Duration;

pub(super) fn of_large() -> Timed {
    let mut row = Timed::new("scope of a large future: make, poll, drop");
    let sizes: [(&str, Operation, Operation); 3] = [
        (
            "16 KiB",
            tokio::scope_of_large::<{ 16 * KIB }>,
            large::scope::<{ 16 * KIB }>,
        ),
        (
            "64 KiB",
            tokio::scope_of_large::<{ 64 * KIB }>,
            large::scope::<{ 64 * KIB }>,
        ),
        (
            "256 KiB",
            tokio::scope_of_large::<{ 256 * KIB }>,
            large::scope::<{ 256 * KIB }>,
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
        BESIDE.timed(large::capture::<{ 64 * KIB }>),
    );
    row.limit(annotated, of_64, 2.0);
    let in_context = row.add(
        "contextvars, in_context, 64 KiB",
        BESIDE.timed(large::in_context::<{ 64 * KIB }>),
    );
    let current = row.add(
        "contextvars, in_current_context, 64 KiB",
        BESIDE.timed(large::in_current_context::<{ 64 * KIB }>),
    );
    row.compare(in_context, of_64);
    row.compare(current, of_64);
    let boxed = row.add(
        "tokio scope, 64 KiB with a String, boxed",
        tokio::scope_of_large_boxed::<{ 64 * KIB }>,
    );
    let scope = row.add(
        "contextvars, VAR.scope, 64 KiB, boxed",
        BESIDE.timed(large::scope_boxed::<{ 64 * KIB }>),
    );
    let annotated = row.add(
        "contextvars, annotated, 64 KiB, boxed",
        BESIDE.timed(large::capture_boxed::<{ 64 * KIB }>),
    );
    row.limit(scope, boxed, 3.0);
    row.limit(annotated, boxed, 2.0);
    row
}
