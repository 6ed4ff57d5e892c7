//! What captures, snapshots and new wrappers take from the current frame.

use super::allocating::{TakenMap, Which, block_for};
use super::frame::Frame;
use super::identity::{Identity, Place};
use super::locals::Clock;
use super::origin::Origin;
use super::thread::{thread, with_frame, with_frame_or_outside};
use crate::map::Map;
use crate::map::binding::BindingRef;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bindings of the current context, local ones left out.
pub(crate) fn snapshot() -> Map {
    with_frame(|frame| frame.bindings.clone()).unwrap_or_default()
}

/// The bindings of the current context, and where and when they are captured.
#[inline]
pub(crate) fn capture() -> (Map, Origin) {
    with_frame(|frame| {
        let place = identify_for_capture(frame);
        (frame.bindings.clone(), Origin::new(place, frame.clock.time()))
    })
    .unwrap_or_else(|| (Map::new(), Origin::new(Place::OUTSIDE, time_outside())))
}

/// The same where something was captured before and there are no local bindings, else `None`: the usual case.
#[inline]
pub(crate) fn capture_again() -> Option<(Map, Origin)> {
    with_frame_or_outside(|frame| {
        // The frame outside every context has no captures.
        let is_usual = frame.identity.has_captures() && !frame.clock.has_extension();
        is_usual.then(|| (frame.bindings.clone(), frame.now()))
    })
}

/// The time of what is captured now.
#[inline]
pub(crate) fn capture_time() -> u64 {
    with_frame(|frame| frame.clock.time()).unwrap_or_else(time_outside)
}

/// The origin of a wrapper that is made now. It is newer than all that was captured or made here before.
#[inline]
pub(crate) fn new_wrapper() -> Origin {
    with_frame(|frame| {
        let time = frame.clock.tick();
        Origin::new(identify_for_capture(frame), time)
    })
    .unwrap_or_else(new_wrapper_outside)
}

/// Makes sure that the frame has an identity, and notes that something is captured in it.
#[inline]
fn identify_for_capture(frame: &mut Frame) -> Place {
    if !frame.identity.has_captures() {
        if frame.identity == Identity::UNASKED {
            frame.identity = Identity::new(&thread().next_identity);
        }
        frame.identity = frame.identity.with_captures();
    }
    frame.identity.place()
}

/// The clock outside every context. All threads share it.
static CLOCK_OUTSIDE: AtomicU64 = AtomicU64::new(0);

#[cold]
fn new_wrapper_outside() -> Origin {
    let time = CLOCK_OUTSIDE.fetch_add(Clock::TICK, Ordering::Relaxed) + Clock::TICK;
    Origin::new(Place::OUTSIDE, time)
}

/// Relaxed is enough: a wrapper that is made after a capture, as seen from any one thread, gets a later time.
#[inline]
fn time_outside() -> u64 {
    CLOCK_OUTSIDE.load(Ordering::Relaxed)
}

/// The bindings of the current context, with one more, or with one in place of another.
pub(crate) fn snapshot_with(binding: BindingRef) -> Map {
    with_frame_or_outside(|frame| frame.bindings.with_free_block(binding)).unwrap_or_else(snapshot_in_new_memory)
}

#[cold]
fn snapshot_in_new_memory(binding: BindingRef) -> Map {
    let unusual = match block_for(binding.variable) {
        Some(block) => match with_frame_or_outside(|frame| frame.bindings.with_block(block, binding)) {
            Ok(version) => return version,
            Err((_block, binding)) => binding,
        },
        None => binding,
    };
    match TakenMap::out(Which::Bindings) {
        Some(taken) => taken.map.with(unusual),
        None => Map::new().with(unusual),
    }
}

/// Whether the current frame may have local bindings.
#[inline]
pub(crate) fn has_locals() -> bool {
    with_frame_or_outside(|frame| frame.clock.has_extension())
}

/// The local bindings of the current frame.
#[cold]
pub(crate) fn locals() -> Map {
    with_frame(|frame| frame.clock.copy_of_locals()).unwrap_or_default()
}

/// The local bindings of the current frame, if these are its other ones.
#[cold]
pub(crate) fn locals_beside(bindings: &Map) -> Option<Map> {
    let locals = |frame: &mut Frame| frame.bindings.ptr_eq(bindings).then(|| frame.clock.copy_of_locals());
    with_frame(locals).flatten()
}
