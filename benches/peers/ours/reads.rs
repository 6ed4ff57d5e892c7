//! Reads: one in each call of a function, as programs do them.
//!
//! In a loop the optimiser finds the address of a thread-local once, before the loop. That is a good part of a read,
//! and few programs read the same variable in a loop. So each read is made in a function of its own that is not
//! inlined, for all subjects. The row of the tight loop shows the other extreme.

use super::variables::{COUNTED, Counted, FIRST, LAST, LOOSE, MISSING, TEXT};
use crate::rounds::time;
use std::time::Duration;

#[inline(never)]
pub(crate) fn first() -> u64 {
    FIRST.get()
}

#[inline(never)]
pub(crate) fn last() -> u64 {
    LAST.get()
}

/// A variable that is not bound, and has a default.
#[inline(never)]
pub(crate) fn default() -> u64 {
    LOOSE.get()
}

/// A variable that is not bound, and has none.
#[inline(never)]
pub(crate) fn missing() -> Option<u64> {
    MISSING.get()
}

/// A value whose `Clone` is user code.
#[inline(never)]
pub(crate) fn counted() -> u64 {
    COUNTED.get().0
}

#[inline(never)]
pub(crate) fn length_of_text() -> usize {
    TEXT.with(String::len)
}

#[inline(never)]
pub(crate) fn text() -> String {
    TEXT.get()
}

pub(crate) fn firsts_in_tight_loop(n: u64) -> Duration {
    time(n, || FIRST.get())
}

pub(crate) fn bind_counted() {
    COUNTED.set(Counted(7));
}

pub(crate) fn bind_text() {
    TEXT.set("a request's identity".to_owned());
}
