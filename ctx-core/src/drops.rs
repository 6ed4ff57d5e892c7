//! Contexts that are entered for a destructor: what is current again after it.
//!
//! A struct drops its fields when its own destructor has returned. So what a wrapper's destructor enters, the last of its
//! fields leaves, and what was current before can't wait on the stack in between. It waits here: destructors nest, so that
//! who leaves is always the last who has entered.

use crate::current::Before;
use crate::frame::Frame;
use std::cell::Cell;
use std::mem::ManuallyDrop;

/// How many of them nest without an allocation.
const NEAR: usize = 8;

struct Drops {
    depth: Cell<usize>,
    near: [Cell<Before>; NEAR],
    far: Cell<ManuallyDrop<Vec<Before>>>,
}

thread_local! {
    // Without a destructor, so that it works while the thread ends; the list owns no memory when nothing is dropped.
    static DROPS: Drops = const {
        Drops {
            depth: Cell::new(0),
            near: [const { Cell::new(Before::NOTHING) }; NEAR],
            far: Cell::new(ManuallyDrop::new(Vec::new())),
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
            None => drops.push(before),
        }
    });
}

/// Makes current again what was current before the last `enter` that was not left yet.
#[inline]
pub(crate) fn leave() {
    let before = DROPS.with(|drops| {
        let depth = drops.depth.get() - 1;
        drops.depth.set(depth);
        drops.near.get(depth).map_or_else(|| drops.pop(), Cell::get)
    });
    before.restore();
}

impl Drops {
    #[cold]
    fn push(&self, before: Before) {
        let mut far = self.far.take();
        far.push(before);
        self.far.set(far);
    }

    #[cold]
    fn pop(&self) -> Before {
        let mut far = self.far.take();
        let before = far.pop().unwrap_or(Before::NOTHING);
        if far.is_empty() {
            drop(ManuallyDrop::into_inner(far));
        } else {
            self.far.set(far);
        }
        before
    }
}
