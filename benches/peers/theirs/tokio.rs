//! tokio `task_local!`: one value around one future. The same reads serve `task-local`, which has the same interface.

use crate::harness::timing::{PLACES, in_turn, sixteen, time};
use crate::opaque::{Never, idle, large, large_owning, opaque, plain, poll_once, polls};
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

type Operation = fn(u64) -> Duration;

/// Variables of a place, and what reads them.
pub(crate) struct Place {
    pub(crate) get: Operation,
    pub(crate) get_missing: Operation,
    pub(crate) get_counted: Operation,
    pub(crate) with_text: Operation,
}

macro_rules! place {
    ($name:ident, $at:literal, $($task_local:ident)::+) => {{
        mod $name {
            use crate::harness::timing::{room, time_unknown};
            use crate::opaque::Counted;
            use crate::theirs::tokio::Place;

            $($task_local)::+! {
                static NUMBER: u64;
                static COUNTED: Counted;
                static TEXT: String;
            }

            #[inline(never)]
            fn number() -> u64 {
                room!($at);
                NUMBER.get()
            }
            #[inline(never)]
            fn missing() -> Option<u64> {
                NUMBER.try_with(|&number| number).ok()
            }
            #[inline(never)]
            fn counted() -> u64 {
                COUNTED.get().0
            }
            #[inline(never)]
            fn length_of_text() -> usize {
                TEXT.with(String::len)
            }

            pub(crate) const fn place() -> Place {
                Place {
                    get: |n| NUMBER.sync_scope($at, || time_unknown(n, number)),
                    get_missing: |n| time_unknown(n, missing),
                    get_counted: |n| COUNTED.sync_scope(Counted($at), || time_unknown(n, counted)),
                    with_text: |n| TEXT.sync_scope("a request's identity".to_owned(), || time_unknown(n, length_of_text)),
                }
            }
        }
        $name::place()
    }};
}
pub(super) use place;

/// A measurement of one of the reads, in each place in turn.
pub(super) fn reads(places: &'static [Place; PLACES], read: fn(&Place) -> Operation) -> impl FnMut(u64) -> Duration {
    move |n| in_turn(n, |place, n| read(&places[place])(n))
}

static READS: [Place; PLACES] = sixteen!(place, tokio::task_local);

pub(crate) fn get() -> impl FnMut(u64) -> Duration {
    reads(&READS, |place| place.get)
}

pub(crate) fn get_missing() -> impl FnMut(u64) -> Duration {
    reads(&READS, |place| place.get_missing)
}

pub(crate) fn get_counted() -> impl FnMut(u64) -> Duration {
    reads(&READS, |place| place.get_counted)
}

pub(crate) fn with_text() -> impl FnMut(u64) -> Duration {
    reads(&READS, |place| place.with_text)
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
