//! What is current on this thread: the frame that runs, the layers around it, the values lent from it.
//!
//! This is the only thread-local state and the only place that enters and leaves a context. The three pointers lead to
//! the stack or to a pinned future up the stack; each is set by a function that puts the old one back before it returns
//! or unwinds, so that none of them outlives what it leads to. This relies on calls that nest: whoever switches stacks in
//! the middle of a call, as stackful coroutines do, breaks it. The cells have no destructor: with native thread-locals
//! they work for as long as the thread can run code, destructors of other thread-locals included.
//!
//! Reads, captures and polls write nothing that another thread reads: identities come from blocks that a thread takes
//! from the process, 1,024 at a time, and the order of wrappers is counted in the frame that they were made in. Wrappers
//! made outside every context alone are counted for the whole process.

use crate::binding::{Binding, Bindings, Shared};
use crate::frame::{Frame, Origin};
use crate::layer::Layer;
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

struct Thread {
    frame: Cell<*mut Frame>,
    layers: Cell<*const Pushed>,
    loans: Cell<*const Loan>,
    next_identity: Cell<u64>,
}

thread_local! {
    static THREAD: Thread = const {
        Thread {
            frame: Cell::new(ptr::null_mut()),
            layers: Cell::new(ptr::null()),
            loans: Cell::new(ptr::null()),
            next_identity: Cell::new(0),
        }
    };
}

/// A layer on this thread's stack, and the one around it.
struct Pushed {
    layer: *const Layer,
    outer: *const Pushed,
}

/// A binding lent to user code further down the stack.
struct Loan {
    binding: *const Binding,
    /// Set when the binding leaves its context during the loan.
    kept: Cell<Option<Shared>>,
    outer: *const Loan,
}

/// Puts the old pointer back at the end of a function, however it ends.
struct PutBack<'a, P: Copy>(&'a Cell<P>, P);

impl<'a, P: Copy> PutBack<'a, P> {
    fn after_setting(cell: &'a Cell<P>, now: P) -> Self {
        Self(cell, cell.replace(now))
    }
}

impl<P: Copy> Drop for PutBack<'_, P> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// Runs `f` with `frame` as the current one.
pub(crate) fn inside<R>(frame: &mut Frame, f: impl FnOnce() -> R) -> R {
    THREAD.with(|thread| {
        let _left = PutBack::after_setting(&thread.frame, ptr::from_mut(frame));
        f()
    })
}

/// Runs `f` outside every context and every wrapper.
pub(crate) fn outside<R>(f: impl FnOnce() -> R) -> R {
    THREAD.with(|thread| {
        let _frame = PutBack::after_setting(&thread.frame, ptr::null_mut());
        let _layers = PutBack::after_setting(&thread.layers, ptr::null());
        f()
    })
}

/// Runs `f` with `layer` as the innermost one.
pub(crate) fn under<R>(layer: &Layer, f: impl FnOnce() -> R) -> R {
    THREAD.with(|thread| {
        let pushed = Pushed {
            layer,
            outer: thread.layers.get(),
        };
        let _popped = PutBack::after_setting(&thread.layers, ptr::from_ref(&pushed));
        f()
    })
}

/// Gives the layers around the current frame to `f`, from inside out.
pub(crate) fn for_each_layer(mut f: impl FnMut(&Layer)) {
    let mut next = THREAD.with(|thread| thread.layers.get());
    // SAFETY: a pointer in `layers` or `outer` leads to a `Pushed` in a call of `under` that has neither returned nor
    // unwound, and that borrows `layer` for as long.
    while let Some(pushed) = unsafe { next.as_ref() } {
        // SAFETY: as above.
        f(unsafe { &*pushed.layer });
        next = pushed.outer;
    }
}

/// Gives the current frame to `f`, which runs no user code: neither the destructor of a value nor an allocator's.
fn with_frame<R>(f: impl FnOnce(&mut Frame) -> R) -> Option<R> {
    let frame = THREAD.with(|thread| thread.frame.get());
    // SAFETY: the pointer comes from the exclusive reference that a call of `inside` holds, and that call has neither
    // returned nor unwound. While it lasts the frame is reached through this function alone, whose references end before
    // any code runs that could come back here, so this one is the only one.
    unsafe { frame.as_mut() }.map(f)
}

pub(crate) fn is_entered() -> bool {
    THREAD.with(|thread| !thread.frame.get().is_null())
}

/// The bindings of the current context.
pub(crate) fn snapshot() -> Bindings {
    with_frame(|frame| frame.bindings.clone()).unwrap_or_default()
}

/// The bindings of the current context, and where and when they were taken.
pub(crate) fn capture() -> (Bindings, Origin) {
    with_frame(|frame| (frame.bindings.clone(), Origin::new(identify(frame), frame.clock)))
        .unwrap_or((Bindings::new(), Origin::NOBODYS))
}

/// The origin of a wrapper that is made now, newer than all that was captured or made here before.
pub(crate) fn new_wrapper() -> Origin {
    static MADE_OUTSIDE: AtomicU64 = AtomicU64::new(0);
    with_frame(|frame| {
        frame.clock += 1;
        Origin::new(identify(frame), frame.clock)
    })
    .unwrap_or_else(|| Origin::outside(MADE_OUTSIDE.fetch_add(1, Ordering::Relaxed) + 1))
}

/// Binds `key` in the current context, or unbinds it; returns the displaced binding and the context's identity.
///
/// Returns `None` and does nothing when no context is entered.
pub(crate) fn rebind(key: u32, binding: Option<Shared>) -> Option<(Option<Shared>, u64)> {
    /// The map, which changes outside its frame, and is back there in the end even if memory runs out and unwinds.
    struct Taken(Bindings);

    impl Drop for Taken {
        fn drop(&mut self) {
            with_frame(|frame| std::mem::swap(&mut frame.bindings, &mut self.0));
        }
    }

    // An allocator that looks at the context meanwhile finds it empty, not half made, and what it sets is lost.
    let (bindings, identity) = with_frame(|frame| (std::mem::take(&mut frame.bindings), identify(frame)))?;
    let mut taken = Taken(bindings);
    let displaced = match binding {
        Some(binding) => taken.0.insert(key, binding),
        None => taken.0.remove(key),
    };
    // First, since what an allocator has set meanwhile is dropped with `taken`, and may panic.
    if let Some(displaced) = &displaced {
        keep_for_loans(displaced);
    }
    drop(taken);
    Some((displaced, identity))
}

/// The identity of the current context, 0 if nobody has asked for it yet.
pub(crate) fn identity() -> Option<u64> {
    with_frame(|frame| frame.identity)
}

fn identify(frame: &mut Frame) -> u64 {
    // A thousand identities, which are even.
    const BLOCK: u64 = 2048;
    static NEXT_BLOCK: AtomicU64 = AtomicU64::new(BLOCK);
    if frame.identity == 0 {
        frame.identity = THREAD.with(|thread| {
            let mut next = thread.next_identity.get();
            if next.is_multiple_of(BLOCK) {
                next = NEXT_BLOCK.fetch_add(BLOCK, Ordering::Relaxed);
            }
            thread.next_identity.set(next + 2);
            next
        });
    }
    frame.identity
}

/// Lends the binding of `key` in the current context to `f`, or gives `asset` back if there is none.
///
/// What is lent stays as it is and where it is until `f` returns, whatever `f` does to the context meanwhile.
pub(crate) fn lend<A, R>(key: u32, asset: A, f: impl FnOnce(A, &Binding) -> R) -> Result<R, A> {
    let Some(binding) = with_frame(|frame| frame.bindings.get(key).map(Shared::as_ptr)).flatten() else {
        return Err(asset);
    };
    THREAD.with(|thread| {
        let loan = Loan {
            binding,
            kept: Cell::new(None),
            outer: thread.loans.get(),
        };
        let repaid = PutBack::after_setting(&thread.loans, ptr::from_ref(&loan));
        // SAFETY: a binding is never changed in place, and it is freed when its last handle is dropped. The frame that
        // was current holds one. This call is nested in the call of `inside` that borrows the frame, so the frame outlives
        // it. `rebind` alone takes handles out of a frame that runs: it puts all of them back before it ends, but for the
        // one displaced, and leaves another of that in `loan.kept` before anybody can drop it. `loan` is dropped after `f`
        // has returned or unwound.
        let result = f(asset, unsafe { &*binding });
        drop(repaid);
        // Here, and not at the end of the block: should the value that was kept panic, `result` is dropped too.
        drop(loan);
        Ok(result)
    })
}

/// Leaves a handle to `displaced` with each loan of it.
fn keep_for_loans(displaced: &Shared) {
    let mut next = THREAD.with(|thread| thread.loans.get());
    // SAFETY: a pointer in `loans` or `outer` leads to a `Loan` in a call of `lend` that has neither returned nor unwound.
    while let Some(loan) = unsafe { next.as_ref() } {
        if ptr::addr_eq(loan.binding, displaced.as_ptr()) {
            loan.kept.set(Some(displaced.clone()));
        }
        next = loan.outer;
    }
}
