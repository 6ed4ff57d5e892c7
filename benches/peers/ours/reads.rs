//! Reads: one in each call of a function, as programs do them.
//!
//! In a loop the optimiser finds the address of a thread-local once, before the loop. That is a good part of a read,
//! and few programs read the same variable in a loop. So each read is made in a function of its own that is not
//! inlined, for all subjects. The row of the tight loop shows the other extreme.

use super::bound::Bound;
use super::variables::{Position, VAR, Variable};
use crate::rounds::time;
use crate::turns::{PLACES, calls, in_turn, sixteen};
use contextvars::Context;
use std::time::Duration;

/// Variables of four kinds, and the functions that read them.
pub(crate) struct Place {
    /// As in [`Kind`].
    pub(crate) variables: [&'static dyn Variable; 4],
    /// A variable with a default: bound or not.
    pub(crate) number: fn() -> u64,
    /// A variable that has no default and is not bound.
    pub(crate) missing: fn() -> Option<u64>,
    /// Whether that one is bound.
    pub(crate) is_set: fn() -> bool,
    /// A value whose `Clone` is user code.
    pub(crate) counted: fn() -> u64,
    pub(crate) length_of_text: fn() -> usize,
    pub(crate) text: fn() -> String,
}

/// What is read in a place.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Number,
    Missing,
    Counted,
    Text,
}

macro_rules! place {
    ($name:ident, $at:literal) => {{
        mod $name {
            use crate::ours::reads::Place;
            use crate::ours::variables::Counted;
            use crate::turns::room;
            use contextvars::context_var;

            #[context_var]
            static NUMBER: u64 = $at;
            #[context_var]
            static MISSING: u64;
            #[context_var]
            static COUNTED: Counted = Counted($at);
            #[context_var]
            static TEXT: String = String::new();

            #[inline(never)]
            fn number() -> u64 {
                room!($at);
                NUMBER.get()
            }
            #[inline(never)]
            fn missing() -> Option<u64> {
                MISSING.get()
            }
            #[inline(never)]
            fn is_set() -> bool {
                MISSING.is_set()
            }
            #[inline(never)]
            fn counted() -> u64 {
                COUNTED.get().0
            }
            #[inline(never)]
            fn length_of_text() -> usize {
                TEXT.with(String::len)
            }
            #[inline(never)]
            fn text() -> String {
                TEXT.get()
            }

            pub(crate) const fn place() -> Place {
                Place {
                    variables: [&NUMBER, &MISSING, &COUNTED, &TEXT],
                    number,
                    missing,
                    is_set,
                    counted,
                    length_of_text,
                    text,
                }
            }
        }
        $name::place()
    }};
}

pub(crate) static ALL: [Place; PLACES] = sixteen!(place);

/// A measurement of one of the functions, in each place in turn, with the variables bound around the place's own.
pub(crate) fn of<R: 'static>(
    bound: Bound,
    kind: Kind,
    read: fn(&Place) -> fn() -> R,
) -> impl FnMut(u64) -> Duration + 'static {
    let mut contexts: Vec<Context> = Vec::new();
    move |n| {
        if contexts.is_empty() {
            contexts = self::contexts(bound, kind);
        }
        in_turn(n, |place, n| {
            let mut took = Duration::ZERO;
            let mut run = || took = calls(n, read(&ALL[place]));
            if bound.is_by_scopes() {
                bound.around(Position::of(place, kind), &mut run);
            } else {
                contexts[place].run(run);
            }
            took
        })
    }
}

/// A measurement of one of the functions where there is no context.
pub(crate) fn in_no_context<R>(read: fn(&Place) -> fn() -> R) -> impl FnMut(u64) -> Duration {
    move |n| in_turn(n, |place, n| calls(n, read(&ALL[place])))
}

/// A measurement of one of the functions, in each place in turn, in copies of the contexts.
pub(crate) fn in_copies<R>(
    contexts: &[Context],
    read: fn(&Place) -> fn() -> R,
) -> impl FnMut(u64) -> Duration + use<R> {
    let mut contexts = contexts.to_vec();
    move |n| in_turn(n, |place, n| contexts[place].run(|| calls(n, read(&ALL[place]))))
}

/// A context for each place.
pub(crate) fn contexts(bound: Bound, kind: Kind) -> Vec<Context> {
    (0..PLACES)
        .map(|place| bound.context(Position::of(place, kind)))
        .collect()
}

pub(crate) fn in_tight_loop(n: u64) -> Duration {
    time(n, || VAR.get())
}
