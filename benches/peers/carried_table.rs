//! The table of what is carried: what it costs to carry the current span, beside `tracing` itself (rule R14). A function a row.

use crate::harness::row::{Row, Timed};
use crate::ours::carried;
use crate::theirs::tracing;

pub(crate) fn rows() -> Vec<Box<dyn Row>> {
    carried::set_up();
    vec![
        Box::new(poll_that_enters()),
        Box::new(poll_that_has_a_span()),
        Box::new(capture()),
    ]
}

fn poll_that_enters() -> Timed {
    let mut row = Timed::new("poll where the thread is in no span");
    let instrumented = row.add("tracing, instrumented", tracing::polls_of_instrumented);
    // To ask whether there is a span takes a third of what it takes to enter and leave one.
    let asked = row.add(
        "tracing, instrumented, asked for the current span first",
        tracing::polls_of_instrumented_after_asking,
    );
    row.compare(asked, instrumented);
    let carried = row.add("contextvars, annotated, span carried", carried::polls_elsewhere);
    row.limit(carried, asked, 1.8);
    row.compare(carried, instrumented);
    let nothing = row.add("contextvars, annotated, nothing to carry", carried::polls_of_nothing);
    row.compare(nothing, instrumented);
    row
}

fn poll_that_has_a_span() -> Timed {
    let mut row = Timed::new("poll where the thread is in a span, over one that carries nothing");
    let nothing = row.add("contextvars, annotated, nothing to carry", carried::polls_of_nothing);
    row.over(nothing);
    let asked = row.add("the dispatcher asked for its current span", tracing::ask);
    row.whole(asked);
    let carried = row.add("contextvars, annotated, span carried", carried::polls_in_span);
    row.limit(carried, asked, 1.2);
    row
}

fn capture() -> Timed {
    let mut row = Timed::new("capture in a span, wrap, first poll, drop");
    let theirs = row.add("tracing, in_current_span", tracing::inherit);
    let ours = row.add("contextvars, annotated, span carried", carried::inherit);
    row.compare(ours, theirs);
    let nothing = row.add("contextvars, annotated, in no span", carried::inherit_nothing);
    row.compare(nothing, theirs);
    row
}
