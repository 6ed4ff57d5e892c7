//! The rows of annotated calls: below wrappers, and of functions that return their future in a box.

use crate::limits;
use crate::ours::bound::Bound;
use crate::ours::futures::capture_to_completion;
use crate::ours::{returned, wrappers};
use crate::row::Timed;

pub(super) fn below_wrappers() -> Timed {
    let mut row = Timed::new("annotated call below wrappers");
    let among = Bound::set(9).first();
    let bare = row.add(among.named("nothing around"), among.timed(capture_to_completion));
    let beside = Bound::set(8);
    let scope = row.add(
        beside.named("VAR.scope"),
        beside.timed(wrappers::below_scope(capture_to_completion)),
    );
    let in_context = row.add(
        among.named("in_context"),
        among.timed(wrappers::below_in_context(capture_to_completion)),
    );
    let current = row.add(
        among.named("in_current_context"),
        among.timed(wrappers::below_in_current_context(capture_to_completion)),
    );
    row.limit(scope, bare, 1.2);
    row.limit(in_context, bare, 1.2);
    row.compare(current, bare);
    // As behind a middleware: no context is entered around the scopes.
    for (scopes, limit) in [(1, 1.2), (100, 1.3)] {
        let among = Bound::set(scopes).first();
        let bare = row.add(among.named("nothing around"), among.timed(capture_to_completion));
        let below = row.add(
            format!("contextvars, {scopes} bound by VAR.scope each"),
            wrappers::below_scopes(scopes, capture_to_completion),
        );
        row.limit(below, bare, limit);
    }
    row
}

pub(super) fn returned() -> Timed {
    let mut row = Timed::new("annotated fn that returns a boxed future, over the plain fn");
    let plain = row.add("the plain fn: call, poll, drop", returned::call_plain);
    row.over(plain);
    let arc = row.add("an Arc cloned, dropped", limits::arc_clone_and_drop);
    row.whole(arc);
    let bound = Bound::set(8);
    let unwritten = row.add(bound.named(""), bound.timed(returned::call_unwritten));
    let written = row.add(bound.named("VAR = value"), bound.timed(returned::call_written));
    let block = row.add(bound.named("an async block"), bound.timed(returned::call_of_block));
    row.limit(unwritten, arc, 3.0);
    row.limit(written, arc, 3.0);
    row.compare(block, arc);
    row
}
