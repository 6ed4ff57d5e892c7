//! Contexts that are entered for a destructor: what is current again after it.
//!
//! A struct drops its fields when its own destructor has returned. So what a wrapper's destructor enters, the last of its
//! fields leaves, and what was current before can't wait on the stack in between. It waits here: destructors nest, so that
//! who leaves is always the last who has entered.

use crate::current::Before;
use crate::frame::Frame;
use crate::heard::Displaced;
use std::cell::Cell;
use std::mem::ManuallyDrop;

/// How many of them nest without an allocation.
const NEAR: usize = 8;

struct Drops {
    depth: Cell<usize>,
    near: [Cell<Before>; NEAR],
    far: Cell<ManuallyDrop<Vec<Before>>>,
    /// What futures displace that are dropped before their first poll, and at what depth: it goes when they have gone.
    displaced: Cell<ManuallyDrop<Vec<(usize, Displaced)>>>,
    /// The depth of the last of them, or `NO_DEPTH`.
    displaced_at: Cell<usize>,
}

const NO_DEPTH: usize = usize::MAX;

thread_local! {
    // Without a destructor, so that it works while the thread ends; the lists own no memory when nothing is dropped.
    static DROPS: Drops = const {
        Drops {
            depth: Cell::new(0),
            near: [const { Cell::new(Before::NOTHING) }; NEAR],
            far: Cell::new(ManuallyDrop::new(Vec::new())),
            displaced: Cell::new(ManuallyDrop::new(Vec::new())),
            displaced_at: Cell::new(NO_DEPTH),
        }
    };
}

/// Enters `frame` until [`leave`].
///
/// # Safety
///
/// The frame is there until then, and nobody else refers to it.
#[inline]
pub(crate) unsafe fn enter(frame: *mut Frame, is_explicit: bool) {
    // SAFETY: as the caller says.
    let before = unsafe { Before::entering(frame, is_explicit) };
    DROPS.with(|drops| {
        let depth = drops.depth.get();
        drops.depth.set(depth + 1);
        match drops.near.get(depth) {
            Some(near) => near.set(before),
            None => push(&drops.far, before),
        }
    });
}

/// Keeps what the future displaces that was entered last, until it is left.
#[cold]
pub(crate) fn keep(displaced: Displaced) {
    DROPS.with(|drops| {
        let at = drops.depth.get() - 1;
        push(&drops.displaced, (at, displaced));
        drops.displaced_at.set(at);
    });
}

/// Makes current again what was current before the last `enter` that was not left yet. Returns whether something was kept
/// meanwhile, which is then to be [taken](displaced).
#[inline]
#[must_use]
pub(crate) fn leave() -> bool {
    DROPS.with(|drops| {
        let depth = drops.depth.get() - 1;
        drops.depth.set(depth);
        let far = || pop(&drops.far).unwrap_or(Before::NOTHING);
        drops.near.get(depth).map_or_else(far, Cell::get).restore(true);
        drops.displaced_at.get() == depth
    })
}

/// What was kept.
#[cold]
pub(crate) fn displaced() -> Option<Displaced> {
    DROPS.with(|drops| {
        let (_, displaced) = pop(&drops.displaced)?;
        let others = drops.displaced.take();
        drops.displaced_at.set(others.last().map_or(NO_DEPTH, |(at, _)| *at));
        drops.displaced.set(others);
        Some(displaced)
    })
}

#[cold]
fn push<T>(list: &Cell<ManuallyDrop<Vec<T>>>, item: T) {
    let mut items = list.take();
    items.push(item);
    list.set(items);
}

/// The last item; the list's memory goes with the last of all.
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
