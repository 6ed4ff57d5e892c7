//! A context that is entered for the destructor of a future, and left after it.
//!
//! The fields of a struct are dropped after the struct's own destructor has returned. So the wrapper's destructor enters
//! the context, the future is dropped, and the wrapper's last field leaves the context. What was current before can't wait
//! on the stack in between: it waits here. Destructors nest, so whoever leaves is always the last that entered.

use super::first_poll::Displaced;
use crate::current::Previous;
use crate::current::frame::Frame;
use std::cell::Cell;
use std::mem::ManuallyDrop;

/// How many of them nest without an allocation.
const INLINE: usize = 8;

struct Destructors {
    /// How many have entered and not left.
    depth: Cell<usize>,
    /// What was current before each of the first.
    inline: [Cell<Previous>; INLINE],
    /// What was current before each of the others.
    heap: Cell<ManuallyDrop<Vec<Previous>>>,
    /// What wrappers displaced in futures that were never polled, each with its depth. It is dropped when they are.
    displaced: Cell<ManuallyDrop<Vec<(usize, Displaced)>>>,
    /// The depth of the last of those, or `NO_DEPTH`.
    displaced_at: Cell<usize>,
}

const NO_DEPTH: usize = usize::MAX;

thread_local! {
    // It has no destructor, so that it works while the thread ends. Empty lists own no memory.
    static DESTRUCTORS: Destructors = const {
        Destructors {
            depth: Cell::new(0),
            inline: [const { Cell::new(Previous::NOTHING) }; INLINE],
            heap: Cell::new(ManuallyDrop::new(Vec::new())),
            displaced: Cell::new(ManuallyDrop::new(Vec::new())),
            displaced_at: Cell::new(NO_DEPTH),
        }
    };
}

/// Enters `frame` until [`leave`].
///
/// # Safety
///
/// Until then the frame stays where it is, and nobody else refers to it.
#[inline]
pub(crate) unsafe fn enter(frame: *mut Frame, is_explicit: bool) {
    // SAFETY: the caller's promise. `leave` restores it, and calls nest.
    let previous = unsafe { Previous::before_entering(frame, is_explicit) };
    DESTRUCTORS.with(|destructors| {
        let depth = destructors.depth.get();
        destructors.depth.set(depth + 1);
        match destructors.inline.get(depth) {
            Some(inline) => inline.set(previous),
            None => push(&destructors.heap, previous),
        }
    });
}

/// Keeps what was displaced in the future that entered last, until it leaves.
#[cold]
pub(crate) fn keep(displaced: Displaced) {
    DESTRUCTORS.with(|destructors| {
        let at = destructors.depth.get() - 1;
        push(&destructors.displaced, (at, displaced));
        destructors.displaced_at.set(at);
    });
}

/// Makes current again what was current before the last [`enter`]. Returns whether something was [kept](keep) since then:
/// the caller [takes](take_displaced) it.
#[inline]
#[must_use]
pub(crate) fn leave() -> bool {
    DESTRUCTORS.with(|destructors| {
        let depth = destructors.depth.get() - 1;
        destructors.depth.set(depth);
        let from_heap = || pop(&destructors.heap).unwrap_or(Previous::NOTHING);
        destructors
            .inline
            .get(depth)
            .map_or_else(from_heap, Cell::get)
            .restore(true);
        destructors.displaced_at.get() == depth
    })
}

/// What was kept last.
#[cold]
pub(crate) fn take_displaced() -> Option<Displaced> {
    DESTRUCTORS.with(|destructors| {
        let (_, displaced) = pop(&destructors.displaced)?;
        let others = destructors.displaced.take();
        destructors
            .displaced_at
            .set(others.last().map_or(NO_DEPTH, |(at, _)| *at));
        destructors.displaced.set(others);
        Some(displaced)
    })
}

#[cold]
fn push<T>(list: &Cell<ManuallyDrop<Vec<T>>>, item: T) {
    let mut items = list.take();
    items.push(item);
    list.set(items);
}

/// The last item. The list's memory is freed with the last of all.
#[cold]
fn pop<T>(list: &Cell<ManuallyDrop<Vec<T>>>) -> Option<T> {
    let mut items = list.take();
    let item = items.pop();
    if items.is_empty() {
        drop(ManuallyDrop::into_inner(items));
    } else {
        list.set(items);
    }
    item
}
