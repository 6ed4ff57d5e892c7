//! What is current on this thread: the frame that runs, the layers around it, the values lent from it.
//!
//! This is the only place that enters and leaves a context, and the only thread-local that knows of one, but for `drops`,
//! which keeps what is current again after a destructor (`default` and `spare` keep what they are about, and memory that is
//! nobody's). The three pointers lead to the stack or to a pinned future up the stack, that of the frame where no context is
//! entered to a static one. Each is set by a function that puts the old one back before it returns or unwinds, or for the
//! destructor of a future by that of the wrapper around it, which has a field behind the future that puts it back: so none
//! of them outlives what it leads to. This relies on calls that nest: whoever switches stacks in the middle of a call, as
//! stackful coroutines do, breaks it. The cells have no destructor: with native thread-locals they work for as long as the
//! thread can run code, destructors of other thread-locals included.
//!
//! Reads, captures and polls write nothing that another thread reads: identities come from blocks that a thread takes
//! from the process, 1,024 at a time, and the order of wrappers is counted in the frame that they were made in. Wrappers
//! made outside every context alone are counted for the whole process, by a clock that captures made there read.

use crate::binding::{Borrowed, Shared};
use crate::clock::{Clock, Room};
use crate::frame::{CAPTURED, Frame, Origin, known_by};
use crate::info::{Info, InfoOf};
use crate::layer::Layer;
use crate::map::{Below, Map};
use crate::spare::Block;
use std::cell::Cell;
use std::ops::ControlFlow;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

// In this order: two words that a poll writes one by one would else be read as one, and wait for both writes.
#[repr(C)]
struct Thread {
    frame: Cell<*mut Frame>,
    loans: Cell<*const Loan<'static>>,
    layers: Cell<*const Pushed>,
    next_identity: Cell<u64>,
}

thread_local! {
    static THREAD: Thread = const {
        Thread {
            frame: Cell::new(OUTSIDE),
            layers: Cell::new(ptr::null()),
            loans: Cell::new(ptr::null()),
            next_identity: Cell::new(0),
        }
    };
}

/// The frame where no context is entered: it has no bindings, and is never written.
///
/// A frame, and not null, so that a read need not ask.
const OUTSIDE: *mut Frame = {
    static OUTSIDE: Frame = Frame::new(Map::new());
    (&raw const OUTSIDE).cast_mut()
};

/// This thread's state. Calls of `LocalKey::with` with more in them than this one are not always inlined, and then the
/// address of the thread-local is fetched through a pointer: a read took 7 ns instead of 2.
#[inline(always)]
#[allow(clippy::inline_always)]
fn thread<'a>() -> &'a Thread {
    // SAFETY: the thread-local is initialised and has no destructor, so it is there for as long as the thread runs code,
    // and a `Thread` is not `Sync`, so that the reference does not leave the thread. Nobody in this module keeps it.
    THREAD.with(|thread| unsafe { &*ptr::from_ref(thread) })
}

/// A layer on this thread's stack, the frame that its wrapper is polled in, and the layer around it.
struct Pushed {
    layer: *const Layer,
    frame: *const Frame,
    outer: *const Pushed,
}

/// A binding lent to user code further down the stack.
struct Loan<'a> {
    binding: Borrowed<'a>,
    /// Set when the binding leaves its context during the loan.
    kept: Cell<Option<Shared>>,
    outer: *const Loan<'a>,
}

/// Puts the old pointer back at the end of a function, however it ends.
struct PutBack<'a, P: Copy>(&'a Cell<P>, P);

impl<'a, P: Copy> PutBack<'a, P> {
    #[inline]
    fn after_setting(cell: &'a Cell<P>, now: P) -> Self {
        Self(cell, cell.replace(now))
    }
}

impl<P: Copy> Drop for PutBack<'_, P> {
    #[inline]
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// What is current before a context is entered, to be current again after it.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Before {
    frame: *mut Frame,
    layers: *const Pushed,
}

impl Before {
    pub(crate) const NOTHING: Self = Self {
        frame: OUTSIDE,
        layers: ptr::null(),
    };

    /// Makes `frame` the current one, with no layer around it if it `is_explicit`.
    ///
    /// # Safety
    ///
    /// The frame is there, and nobody else refers to it, until this is restored.
    #[inline]
    pub(crate) unsafe fn entering(frame: *mut Frame, is_explicit: bool) -> Self {
        let thread = thread();
        let before = Self {
            frame: thread.frame.replace(frame),
            layers: thread.layers.get(),
        };
        if is_explicit {
            thread.layers.set(ptr::null());
        }
        before
    }

    /// Makes it current again. The layers are as they were unless it was left for an explicit context.
    #[inline]
    pub(crate) fn restore(self, is_from_explicit: bool) {
        let thread = thread();
        thread.frame.set(self.frame);
        if is_from_explicit {
            thread.layers.set(self.layers);
        }
    }
}

/// Runs `f` with `frame` as the current one.
#[inline]
pub(crate) fn inside<R>(frame: &mut Frame, f: impl FnOnce() -> R) -> R {
    let _left = PutBack::after_setting(&thread().frame, ptr::from_mut(frame));
    f()
}

/// A frame for what is called or first polled here: it goes on with the local bindings of the current one.
#[inline]
pub(crate) fn nested(bindings: Map) -> Frame {
    Frame {
        bindings,
        identity: 0,
        clock: if has_locals() {
            Clock::with(0, locals())
        } else {
            Clock::new()
        },
    }
}

/// Whether there may be local bindings.
#[inline]
pub(crate) fn has_locals() -> bool {
    // SAFETY: as in `with_frame`.
    unsafe { &(*thread().frame.get()).clock }.has_room()
}

/// The local bindings of the current context.
#[cold]
pub(crate) fn locals() -> Map {
    with_frame(|frame| frame.clock.copy_of_locals()).unwrap_or_default()
}

/// Calls `f` outside every context and every wrapper, as if this thread had just been started.
///
/// For executors that run other people's tasks inside a call: a nested main loop, a scope of a pool whose waiting thread
/// steals jobs, an executor that polls a task inside `spawn`. A bare task that is polled there shares the context of
/// whoever drives it, and may write to it; inside `outside` it sees nothing and can write nothing. Tasks with a context of
/// their own keep it either way. What was current is current again when `f` returns or panics.
///
/// ```
/// use contextvars::{context_var, outside};
/// use futures::{executor::LocalPool, task::LocalSpawnExt};
///
/// #[context_var]
/// static USER: &'static str;
///
/// let mut pool = LocalPool::new();
/// let stranger = async { USER.get().is_none() && USER.try_set("mallory").is_err() };
/// let stranger = pool.spawner().spawn_local_with_handle(stranger).unwrap();
/// USER.sync_scope("alice", || {
///     outside(|| pool.run_until_stalled());
///     assert_eq!(USER.get(), Some("alice"));
/// });
/// assert!(futures::executor::block_on(stranger));
/// ```
pub fn outside<R>(f: impl FnOnce() -> R) -> R {
    let _frame = PutBack::after_setting(&thread().frame, OUTSIDE);
    under_nothing(f)
}

/// Whether there is a wrapper around the current frame, which may apply to what begins here.
#[inline]
pub(crate) fn has_layers() -> bool {
    !thread().layers.get().is_null()
}

/// Whether `captured` was captured in the current frame, and no wrapper was made there since: so none around it applies.
#[inline]
pub(crate) fn is_captured_now(captured: &Frame) -> bool {
    // SAFETY: as in `with_frame`.
    unsafe { &*thread().frame.get() }.has_just_captured(captured)
}

/// Whether the current frame is the one that `origin` is in.
pub(crate) fn is_in_frame_of(origin: Origin) -> bool {
    with_frame_or_outside(|frame| origin.is_in(frame))
}

/// Runs `f` with `layer` as the innermost one.
#[inline]
pub(crate) fn under<R>(layer: &Layer, f: impl FnOnce() -> R) -> R {
    let pushed = Pushed {
        layer,
        frame: thread().frame.get(),
        outer: thread().layers.get(),
    };
    let _popped = PutBack::after_setting(&thread().layers, ptr::from_ref(&pushed));
    f()
}

/// Runs `f` with no layer around it.
#[inline]
pub(crate) fn under_nothing<R>(f: impl FnOnce() -> R) -> R {
    let _layers = PutBack::after_setting(&thread().layers, ptr::null());
    f()
}

/// Gives the layers around the current frame to `f`, each with the frame that its wrapper is polled in, from inside out,
/// until it breaks.
pub(crate) fn for_each_layer(mut f: impl FnMut(&Layer, &Frame) -> ControlFlow<()>) {
    let mut next = thread().layers.get();
    // SAFETY: a pointer in `layers` or `outer` leads to a `Pushed` in a call of `under` that has neither returned nor
    // unwound, and that borrows `layer` for as long.
    while let Some(pushed) = unsafe { next.as_ref() } {
        // SAFETY: as above, and the frame was the current one when the call was made, which whoever has entered it leaves
        // after that. Nobody writes it before it is current again, and `f` writes none.
        if f(unsafe { &*pushed.layer }, unsafe { &*pushed.frame }).is_break() {
            return;
        }
        next = pushed.outer;
    }
}

/// Gives the current frame to `f`, which runs no user code: neither the destructor of a value nor an allocator's.
#[inline]
fn with_frame<R>(f: impl FnOnce(&mut Frame) -> R) -> Option<R> {
    let frame = thread().frame.get();
    if frame == OUTSIDE {
        return None;
    }
    // SAFETY: the pointer comes from an exclusive reference: that which a call of `inside` holds that has neither returned
    // nor unwound, or that of which who has called `Before::entering` says as much. While the frame is entered it is
    // reached from this module alone, by references that end before any code runs that could come back here, so this
    // one is the only one.
    Some(f(unsafe { &mut *frame }))
}

#[inline]
pub(crate) fn is_entered() -> bool {
    thread().frame.get() != OUTSIDE
}

/// The bindings of the current context.
pub(crate) fn snapshot() -> Map {
    with_frame(|frame| frame.bindings.clone()).unwrap_or_default()
}

/// The bindings of the current context, and where and when they were taken.
#[inline]
pub(crate) fn capture() -> (Map, Origin) {
    with_frame(|frame| {
        (
            frame.bindings.clone(),
            Origin::new(identify_to_capture(frame), frame.clock.time()),
        )
    })
    .unwrap_or_else(|| (Map::new(), captured_outside()))
}

/// The same where something was captured before, and there are no local bindings.
#[inline]
pub(crate) fn capture_again() -> Option<(Map, Origin)> {
    // SAFETY: as in `with_frame`.
    let frame = unsafe { &*thread().frame.get() };
    // Outside every context nothing has this mark.
    let is_usual = frame.identity & CAPTURED != 0 && !frame.clock.has_room();
    is_usual.then(|| (frame.bindings.clone(), frame.now()))
}

/// When what is captured here and now is captured.
#[inline]
pub(crate) fn time() -> u64 {
    with_frame(|frame| frame.clock.time()).unwrap_or_else(time_outside)
}

/// The bindings of the current context with one more, or in place of another.
pub(crate) fn snapshot_with(binding: Shared) -> Map {
    with_frame_or_outside(|frame| frame.bindings.with_spare(binding)).unwrap_or_else(snapshot_in_new_memory)
}

#[cold]
fn snapshot_in_new_memory(binding: Shared) -> Map {
    let unusual = match block_for(binding.info) {
        Some(block) => match with_frame_or_outside(|frame| frame.bindings.with_in(block, binding)) {
            Ok(version) => return version,
            Err((_block, binding)) => binding,
        },
        None => binding,
    };
    match Taken::out(|frame| Some(&mut frame.bindings)) {
        Some(taken) => taken.map.with(unusual),
        None => Map::new().with(unusual),
    }
}

/// Memory for a version of the current bindings, if it is one node in which `info` is bound anew: most often it is.
///
/// From before the frame is looked at, since an allocator may be user code.
#[inline]
fn block_for(info: &'static Info) -> Option<Block> {
    with_frame_or_outside(|frame| frame.bindings.size_with(info)).map(Block::new)
}

/// Gives the current frame to `f` as it is, as [`with_frame`] does to be written: where no context is entered, an empty one.
#[inline]
fn with_frame_or_outside<R>(f: impl FnOnce(&Frame) -> R) -> R {
    // SAFETY: as in `with_frame`.
    f(unsafe { &*thread().frame.get() })
}

/// The origin of a wrapper that is made now, newer than all that was captured or made here before.
#[inline]
pub(crate) fn new_wrapper() -> Origin {
    with_frame(|frame| {
        let time = frame.clock.tick();
        Origin::new(identify_to_capture(frame), time)
    })
    .unwrap_or_else(new_wrapper_outside)
}

/// The clock of the place outside every context, which all threads share.
static CLOCK_OUTSIDE: AtomicU64 = AtomicU64::new(0);

#[cold]
fn new_wrapper_outside() -> Origin {
    Origin::outside(CLOCK_OUTSIDE.fetch_add(Clock::TICK, Ordering::Relaxed) + Clock::TICK)
}

/// The origin of a capture that is made outside every context.
#[inline]
fn captured_outside() -> Origin {
    Origin::outside(time_outside())
}

/// When what is captured outside every context now is captured.
///
/// Relaxed will do: a wrapper that is made after the capture, as seen from any one thread, gets a later time.
#[inline]
fn time_outside() -> u64 {
    CLOCK_OUTSIDE.load(Ordering::Relaxed)
}

/// One of the maps of the current frame, out of it, and back there in the end even if memory runs out and unwinds.
///
/// An allocator that looks at the context meanwhile finds the map empty, not half made, and what it sets is lost.
struct Taken<F: Fn(&mut Frame) -> Option<&mut Map>> {
    map: Map,
    place: F,
}

impl<F: Fn(&mut Frame) -> Option<&mut Map>> Taken<F> {
    #[inline]
    fn out(place: F) -> Option<Self> {
        let map = with_frame(|frame| place(frame).map(std::mem::take)).flatten()?;
        Some(Self { map, place })
    }
}

impl<F: Fn(&mut Frame) -> Option<&mut Map>> Drop for Taken<F> {
    #[inline]
    fn drop(&mut self) {
        with_frame(|frame| (self.place)(frame).map(|map| std::mem::swap(map, &mut self.map)));
    }
}

/// Exchanges `binding` for what a variable is bound to in the current context; returns the context's identity.
///
/// Returns `None` and does nothing when no context is entered.
pub(crate) fn exchange(info: &'static Info, binding: &mut Option<Shared>) -> Option<u64> {
    if info.is_local {
        return exchange_local(info, binding);
    }
    let exchange = |frame: &mut Frame| (frame.bindings.exchange(info, binding), known_by(identify(frame), info));
    let (is_done, identity) = with_frame(exchange)?;
    if !is_done {
        exchange_in_new_version(info, binding);
    } else if !thread().loans.get().is_null() {
        keep_for_loans(binding.as_ref());
    }
    Some(identity)
}

/// Exchanges `binding` in a new version of the bindings, since somebody else shows the old one.
#[inline(never)]
fn exchange_in_new_version(info: &'static Info, binding: &mut Option<Shared>) {
    let Some(new) = binding.take() else {
        return exchange_in_any_version(info, binding);
    };
    match with_frame(|frame| frame.bindings.bind_spare(new)) {
        Some(Ok(bound)) => end_exchange(binding, bound),
        Some(Err(new)) => {
            *binding = Some(new);
            exchange_in_new_memory(info, binding);
        }
        None => {}
    }
}

#[cold]
fn exchange_in_new_memory(info: &'static Info, binding: &mut Option<Shared>) {
    let Some(block) = block_for(info) else {
        return exchange_in_any_version(info, binding);
    };
    let Some(new) = binding.take() else { return };
    match with_frame(|frame| frame.bindings.bind_in(block, new)) {
        Some(Ok(bound)) => end_exchange(binding, bound),
        Some(Err((_block, new))) => {
            *binding = Some(new);
            exchange_in_any_version(info, binding);
        }
        None => {}
    }
}

/// Hands out the binding that was displaced, when what the bindings were is `replaced`.
#[inline]
fn end_exchange(binding: &mut Option<Shared>, (displaced, replaced): (Option<Shared>, Map)) {
    *binding = displaced;
    if !thread().loans.get().is_null() {
        keep_for_loans(binding.as_ref());
    }
    // It may be the last handle to what others have let go of meanwhile, and free values.
    drop(replaced);
}

#[cold]
fn exchange_in_any_version(info: &'static Info, binding: &mut Option<Shared>) {
    exchange_in(Taken::out(|frame| Some(&mut frame.bindings)), info, binding);
}

#[cold]
fn exchange_local(info: &'static Info, binding: &mut Option<Shared>) -> Option<u64> {
    let in_place = |frame: &mut Frame| {
        let locals = frame.clock.locals_mut();
        locals.is_some_and(|locals| locals.exchange(info, binding))
    };
    if with_frame(in_place)? {
        keep_for_loans(binding.as_ref());
    } else if has_locals() || binding.is_some() {
        exchange_local_in_new_version(info, binding);
    }
    with_frame(|frame| known_by(identify(frame), info))
}

fn exchange_local_in_new_version(info: &'static Info, binding: &mut Option<Shared>) {
    if !has_locals() {
        let room = Room::new();
        // What is left over is freed here, and not while the frame is borrowed.
        drop(with_frame(|frame| frame.clock.add(room)));
    }
    exchange_in(Taken::out(|frame| frame.clock.locals_mut()), info, binding);
}

#[inline]
fn exchange_in<F>(taken: Option<Taken<F>>, info: &'static Info, binding: &mut Option<Shared>)
where
    F: Fn(&mut Frame) -> Option<&mut Map>,
{
    let Some(mut taken) = taken else { return };
    *binding = taken.map.rebind(info, binding.take());
    // First, since what an allocator has set meanwhile is dropped with `taken`, and may panic.
    keep_for_loans(binding.as_ref());
}

/// What the tokens of a variable know the current context by, 0 if nobody has asked for it yet.
#[inline]
pub(crate) fn identity(info: &Info) -> Option<u64> {
    with_frame(|frame| known_by(frame.identity, info))
}

#[inline]
fn identify(frame: &mut Frame) -> u64 {
    if frame.identity == 0 {
        frame.identity = next_identity();
    }
    frame.identity
}

/// The same for an origin in the frame.
#[inline]
fn identify_to_capture(frame: &mut Frame) -> u64 {
    if frame.identity & CAPTURED == 0 {
        frame.identity = identify(frame) | CAPTURED;
    }
    frame.identity
}

fn next_identity() -> u64 {
    // A thousand identities, with room for three marks.
    const BLOCK: u64 = 8192;
    static NEXT_BLOCK: AtomicU64 = AtomicU64::new(BLOCK);
    let mut next = thread().next_identity.get();
    if next % BLOCK == 0 {
        next = NEXT_BLOCK.fetch_add(BLOCK, Ordering::Relaxed);
    }
    thread().next_identity.set(next + 8);
    next
}

/// Lends the value of a variable in the current context to `f`, or calls `none` if there is none.
///
/// What is lent stays as it is and where it is until `f` returns, whatever `f` does to the context meanwhile.
#[inline]
pub(crate) fn lend<T, A, R>(
    of: &'static InfoOf<T>,
    asset: A,
    f: impl FnOnce(A, &T) -> R,
    none: impl FnOnce(A) -> R,
) -> R {
    // SAFETY: as in `with_frame`; looking for a binding runs no user code.
    match unsafe { &*thread().frame.get() }.bindings.find_in_first(of) {
        Ok(binding) => lend_found(binding, of, asset, f),
        Err(below) if below.is_there() || of.is_local => lend_further(below, of, asset, f, none),
        Err(_) => none(asset),
    }
}

/// The same for what is not in the first level of the bindings.
///
/// Apart, so that the usual read is a straight line of code, without a jump that is taken.
#[cold]
#[inline(never)]
fn lend_further<T, A, R>(
    below: Below<'_>,
    of: &'static InfoOf<T>,
    asset: A,
    f: impl FnOnce(A, &T) -> R,
    none: impl FnOnce(A) -> R,
) -> R {
    let found = if of.is_local {
        // SAFETY: as above.
        unsafe { &*thread().frame.get() }.find(of)
    } else {
        below.find(of)
    };
    match found {
        Some(binding) => lend_found(binding, of, asset, f),
        None => none(asset),
    }
}

/// Lends the value of a binding that the current frame has a handle to.
#[inline]
fn lend_found<T, A, R>(binding: Borrowed<'_>, of: &'static InfoOf<T>, asset: A, f: impl FnOnce(A, &T) -> R) -> R {
    let loan = Loan {
        // SAFETY: a binding is never changed in place, and it is freed when its last handle is dropped. The frame that is
        // current holds one, and whoever has entered it leaves it when this call is over, so that the frame outlives the
        // loan. `exchange` alone takes handles out of a frame that runs: it puts all of them back before it
        // ends, but for the one displaced, and leaves another of that in `loan.kept` before anybody can drop it. `loan`
        // is dropped after `f` has returned or unwound, and nobody reads its `binding` later.
        binding: unsafe { binding.extend() },
        kept: Cell::new(None),
        outer: thread().loans.get(),
    };
    let value = loan.binding.value(of).expect("it is a binding of the variable");
    let repaid = PutBack::after_setting(&thread().loans, ptr::from_ref(&loan));
    let result = f(asset, value);
    drop(repaid);
    // Here, and not at the end of the block: should the value that was kept panic, `result` is dropped too.
    drop(loan);
    result
}

/// Leaves a handle to `displaced` with each loan of it.
#[cold]
fn keep_for_loans(displaced: Option<&Shared>) {
    let Some(displaced) = displaced else { return };
    let mut next = thread().loans.get();
    // SAFETY: a pointer in `loans` or `outer` leads to a `Loan` in a call of `lend` that has neither returned nor unwound.
    while let Some(loan) = unsafe { next.as_ref() } {
        if loan.binding.is(displaced) {
            loan.kept.set(Some(displaced.clone()));
        }
        next = loan.outer;
    }
}

#[cfg(test)]
mod tests;
