//! Reads of `task_local!` as two crates have it, with the same interface.

use crate::turns::{PLACES, in_turn};
use std::time::Duration;

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
            use crate::ours::variables::Counted;
            use crate::theirs::one_value::Place;
            use crate::turns::{calls, room};

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
                    get: |n| NUMBER.sync_scope($at, || calls(n, number)),
                    get_missing: |n| calls(n, missing),
                    get_counted: |n| COUNTED.sync_scope(Counted($at), || calls(n, counted)),
                    with_text: |n| TEXT.sync_scope("a request's identity".to_owned(), || calls(n, length_of_text)),
                }
            }
        }
        $name::place()
    }};
}
pub(super) use place;

/// A measurement of one of them, in each place in turn.
pub(super) fn of(places: &'static [Place; PLACES], read: fn(&Place) -> Operation) -> impl FnMut(u64) -> Duration {
    move |n| in_turn(n, |place, n| read(&places[place])(n))
}
