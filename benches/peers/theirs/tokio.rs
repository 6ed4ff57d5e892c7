//! tokio `task_local!`: one value around one future.

use super::one_value::{self, Place, place};
use crate::opaque::{Never, idle, large, large_owning, opaque, plain, poll_once, polls};
use crate::rounds::time;
use crate::turns::{PLACES, sixteen};
use std::hint::black_box;
use std::time::Duration;

tokio::task_local! {
    static NUMBER: u64;
    static B: u64;
    static C: u64;
    static D: u64;
    static E: u64;
    static F: u64;
    static G: u64;
    static H: u64;
}

static READS: [Place; PLACES] = sixteen!(place, tokio::task_local);

pub(crate) fn get() -> impl FnMut(u64) -> Duration {
    one_value::of(&READS, |place| place.get)
}

pub(crate) fn get_missing() -> impl FnMut(u64) -> Duration {
    one_value::of(&READS, |place| place.get_missing)
}

pub(crate) fn get_counted() -> impl FnMut(u64) -> Duration {
    one_value::of(&READS, |place| place.get_counted)
}

pub(crate) fn with_text() -> impl FnMut(u64) -> Duration {
    one_value::of(&READS, |place| place.with_text)
}

pub(crate) fn get_in_tight_loop(n: u64) -> Duration {
    NUMBER.sync_scope(7, || time(n, || NUMBER.get()))
}

pub(crate) fn polls_of_scope(n: u64) -> Duration {
    polls(n, || NUMBER.scope(7, plain(opaque())))
}

pub(crate) fn polls_of_8_scopes(n: u64) -> Duration {
    let five = || D.scope(4, E.scope(5, F.scope(6, G.scope(7, H.scope(8, plain(opaque()))))));
    polls(n, || NUMBER.scope(1, B.scope(2, C.scope(3, five()))))
}

pub(crate) fn scope(n: u64) -> Duration {
    time(n, || poll_once(|| NUMBER.scope(black_box(7), Never)))
}

/// Around a future of `N` bytes.
pub(crate) fn scope_of_large<const N: usize>(n: u64) -> Duration {
    time(n, || poll_once(|| NUMBER.scope(black_box(7), large::<N>())))
}

/// The same in a box, as for a spawn.
pub(crate) fn scope_of_large_boxed<const N: usize>(n: u64) -> Duration {
    let future = || large_owning::<N>(black_box(String::new()));
    time(n, || poll_once(|| Box::pin(NUMBER.scope(black_box(7), future()))))
}

pub(crate) fn call_in_scope(n: u64) -> Duration {
    time(n, || NUMBER.sync_scope(black_box(7), || black_box(())))
}

/// An idle future with a value.
pub(crate) fn idle_in_scope(value: u64) -> impl Future<Output = ()> {
    NUMBER.scope(value, idle())
}
