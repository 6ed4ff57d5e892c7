//! `fastrace` spans of a trace that is not sampled: they are carried, but nothing is recorded or sent.

use crate::harness::timing::time;
use crate::opaque::{Never, idle, opaque, plain, poll_once, polls};
use fastrace::Span;
use fastrace::collector::SpanContext;
use fastrace::future::FutureExt;
use std::hint::black_box;
use std::time::Duration;

fn root() -> Span {
    Span::root("request", SpanContext::random().sampled(false))
}

/// Inside a span, as the code of a request is.
fn bound<R>(f: impl FnOnce() -> R) -> R {
    let root = root();
    let _parent = root.set_local_parent();
    f()
}

pub(crate) fn polls_of_span(n: u64) -> Duration {
    polls(n, || plain(opaque()).in_span(root()))
}

pub(crate) fn inherit(n: u64) -> Duration {
    bound(|| {
        time(n, || {
            poll_once(|| idle().in_span(Span::enter_with_local_parent("task")))
        })
    })
}

pub(crate) fn scope(n: u64) -> Duration {
    bound(|| time(n, || poll_once(|| Never.in_span(Span::enter_with_local_parent("step")))))
}

pub(crate) fn call_in_scope(n: u64) -> Duration {
    bound(|| {
        time(n, || {
            let span = Span::enter_with_local_parent("step");
            let _parent = span.set_local_parent();
            black_box(());
        })
    })
}
