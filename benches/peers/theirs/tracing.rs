//! `tracing` spans over a bare `Registry`: what carries a span carries a context. Their fields can't be read back.

use crate::harness::timing::time;
use crate::opaque::{Never, idle, opaque, plain, poll_once, polls};
use std::future;
use std::hint::black_box;
use std::time::Duration;
use tracing::{Instrument, dispatcher, info_span};
use tracing_subscriber::Registry;

/// Makes the registry the program's subscriber.
pub(crate) fn set_up() {
    tracing::subscriber::set_global_default(Registry::default()).expect("no subscriber was set before");
}

pub(crate) fn polls_of_instrumented(n: u64) -> Duration {
    polls(n, || plain(opaque()).instrument(info_span!("request", user = 7_u64)))
}

pub(crate) fn inherit(n: u64) -> Duration {
    info_span!("request", user = 7_u64).in_scope(|| time(n, || poll_once(|| idle().in_current_span())))
}

pub(crate) fn scope(n: u64) -> Duration {
    time(n, || {
        poll_once(|| Never.instrument(info_span!("request", user = black_box(7_u64))))
    })
}

pub(crate) fn call_in_scope(n: u64) -> Duration {
    time(n, || {
        let span = info_span!("request", user = black_box(7_u64));
        span.in_scope(|| black_box(()));
    })
}

/// Asks the thread's subscriber for its current span, in one.
pub(crate) fn ask(n: u64) -> Duration {
    info_span!("request", user = 7_u64).in_scope(|| time(n, has_span))
}

fn has_span() -> bool {
    dispatcher::get_default(|subscriber| subscriber.current_span().id().is_some())
}

/// Polls that enter the span only where the thread is in none.
pub(crate) fn polls_of_instrumented_after_asking(n: u64) -> Duration {
    polls(n, || {
        let mut instrumented = Box::pin(plain(opaque()).instrument(info_span!("request", user = 7_u64)));
        future::poll_fn(move |cx| {
            black_box(has_span());
            instrumented.as_mut().poll(cx)
        })
    })
}
