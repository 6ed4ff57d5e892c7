//! How the current frame is changed where that allocates: an allocator may be user code, and look at the context.
//!
//! Either the memory is allocated before anybody looks into the frame, or the map is taken out of the frame meanwhile.

use super::frame::Frame;
use super::thread::{with_frame, with_frame_or_outside};
use crate::descriptor::Descriptor;
use crate::map::Map;
use crate::map::free_list::Block;
use std::mem;

/// Memory for a version of the current bindings in which `variable` gets another binding, in the usual case, in which that
/// takes one node.
#[inline]
pub(super) fn block_for(variable: &'static Descriptor) -> Option<Block> {
    with_frame_or_outside(|frame| frame.bindings.size_with(variable)).map(Block::new)
}

/// One of the two maps of a frame.
#[derive(Clone, Copy)]
pub(super) enum Which {
    Bindings,
    Locals,
}

/// A map of the current frame that is taken out of it. It is put back in the end, even if an allocation fails and unwinds.
///
/// An allocator that looks at the context meanwhile finds the map empty, not half changed. What it sets is lost.
pub(super) struct TakenMap {
    pub(super) map: Map,
    which: Which,
}

impl TakenMap {
    /// `None` if no context is entered, or if the frame has no such map.
    #[inline]
    pub(super) fn out(which: Which) -> Option<Self> {
        let map = with_frame(|frame| map_of(frame, which).map(mem::take)).flatten()?;
        Some(Self { map, which })
    }
}

impl Drop for TakenMap {
    #[inline]
    fn drop(&mut self) {
        with_frame(|frame| map_of(frame, self.which).map(|map| mem::swap(map, &mut self.map)));
    }
}

fn map_of(frame: &mut Frame, which: Which) -> Option<&mut Map> {
    match which {
        Which::Bindings => Some(&mut frame.bindings),
        Which::Locals => frame.clock.locals_mut(),
    }
}
