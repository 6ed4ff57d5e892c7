//! A context that is entered for the destructor of a future, and left after it.
//!
//! The fields of a struct are dropped after the struct's own destructor has returned. So the wrapper's destructor enters
//! the context, the future is dropped, and the wrapper's last field leaves the context. What was current before can't wait
//! on the stack in between: it waits here. Destructors nest, so whoever leaves is always the last that entered.

use super::first_poll::Displaced;
use crate::ambient::carried::Raised;
use crate::current::{EnteredCarried, Previous};
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
    /// What is kept for some of them, each with its depth.
    kept: Cell<ManuallyDrop<Vec<(usize, Kept)>>>,
    /// The depth of the last of those, or `NO_DEPTH`.
    kept_at: Cell<usize>,
}

/// What is kept while a destructor runs.
pub(crate) struct Kept {
    /// What wrappers displaced in a future that was never polled. It is dropped when the future is.
    pub(crate) displaced: Option<Displaced>,
    pub(crate) carried: Carried,
}

/// What the context carries.
pub(crate) enum Carried {
    Nothing,
    Entered(EnteredCarried),
    /// Left, and how that ended.
    Left(Raised),
}

const NO_DEPTH: usize = usize::MAX;

thread_local! {
    // It has no destructor, so that it works while the thread ends. Empty lists own no memory.
    static DESTRUCTORS: Destructors = const {
        Destructors {
            depth: Cell::new(0),
            inline: [const { Cell::new(Previous::NOTHING) }; INLINE],
            heap: Cell::new(ManuallyDrop::new(Vec::new())),
            kept: Cell::new(ManuallyDrop::new(Vec::new())),
            kept_at: Cell::new(NO_DEPTH),
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

/// Keeps this for the future that entered last, until it leaves.
#[cold]
pub(crate) fn keep(kept: Kept) {
    DESTRUCTORS.with(|destructors| destructors.keep_at(destructors.depth.get() - 1, kept));
}

/// Leaves what the context carries, and makes current again what was current before the last [`enter`]. Returns whether
/// something was [kept](keep) since then: the caller [takes](take_kept) it.
#[inline]
#[must_use]
pub(crate) fn leave() -> bool {
    DESTRUCTORS.with(|destructors| {
        let depth = destructors.depth.get() - 1;
        let has_kept = destructors.kept_at.get() == depth;
        if has_kept {
            destructors.leave_carried(depth);
        }
        destructors.depth.set(depth);
        let from_heap = || pop(&destructors.heap).unwrap_or(Previous::NOTHING);
        destructors
            .inline
            .get(depth)
            .map_or_else(from_heap, Cell::get)
            .restore(true);
        has_kept
    })
}

/// What was kept last, and how it ended to leave what the context carried.
#[cold]
pub(crate) fn take_kept() -> (Option<Displaced>, Raised) {
    match DESTRUCTORS.with(Destructors::take_last) {
        Some(Kept {
            displaced,
            carried: Carried::Left(raised),
        }) => (displaced, raised),
        kept => (kept.and_then(|kept| kept.displaced), Raised::NOTHING),
    }
}

impl Destructors {
    #[cold]
    fn keep_at(&self, depth: usize, kept: Kept) {
        push(&self.kept, (depth, kept));
        self.kept_at.set(depth);
    }

    fn take_last(&self) -> Option<Kept> {
        let (_, kept) = pop(&self.kept)?;
        let others = self.kept.take();
        self.kept_at.set(others.last().map_or(NO_DEPTH, |(at, _)| *at));
        self.kept.set(others);
        Some(kept)
    }

    /// Leaves what the context carries. That runs user code, in which other destructors may enter and leave. So what is
    /// kept is out of the list meanwhile.
    #[cold]
    fn leave_carried(&self, depth: usize) {
        let Some(Kept { displaced, carried }) = self.take_last() else {
            return;
        };
        let carried = match carried {
            Carried::Entered(entered) => Carried::Left(entered.exit()),
            others => others,
        };
        self.keep_at(depth, Kept { displaced, carried });
    }
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
