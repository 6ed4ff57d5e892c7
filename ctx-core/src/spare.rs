//! Spare memory: of a few sizes, the blocks that this thread has freed last, for the next ones that it needs.
//!
//! A scope makes a node and a binding and frees them again, and so does each task that sets something. `malloc` and `free`
//! are most of what that takes. A thread keeps four blocks of each size at most, three kilobytes in all, and while it ends
//! there are none.

use std::alloc::{self, Layout};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};

/// The sizes: of bindings with small values, and of nodes.
const SIZES: [usize; 8] = [32, 40, 48, 64, 72, 104, 168, 296];

/// One of the sizes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Size(u8);

/// A block of memory that nothing is in yet.
pub(crate) struct Block {
    memory: NonNull<u8>,
    size: Size,
}

/// How many blocks of a size are kept.
const MOST: usize = 4;

/// For each size the block that was freed last, or null.
struct Spare([Cell<*mut Free>; SIZES.len()]);

/// What is in a block that is kept.
struct Free {
    before: *mut Free,
    /// How many there are with this one.
    depth: usize,
}

thread_local! {
    static SPARE: Spare = const { Spare([const { Cell::new(ptr::null_mut()) }; SIZES.len()]) };
}

/// Sanitizers see more if memory is not used again.
const KEEPS: bool = cfg!(not(contextvars_no_spare));

/// This thread's spare blocks, unless the thread ends.
#[inline(always)]
#[allow(clippy::inline_always)]
fn spare<'a>() -> Option<&'a Spare> {
    // SAFETY: the thread-local is there, and will be until the thread ends. Nobody in this module keeps the reference, or
    // runs other code while it has it. It does not leave the thread, since a `Spare` is not `Sync`.
    SPARE.try_with(|spare| unsafe { &*ptr::from_ref(spare) }).ok()
}

impl Size {
    const NODES: usize = 4;

    /// Of a binding with this layout, if it is a small one.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) const fn of_binding(layout: Layout) -> Option<Self> {
        let mut size = 0;
        while size < Self::NODES {
            if layout.size() <= SIZES[size] && layout.align() <= ALIGN {
                return Some(Self(size as u8));
            }
            size += 1;
        }
        None
    }

    /// Of a node of 4, 8, 16 or 32 slots.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) const fn of_node(slots: u32) -> Self {
        Self((Self::NODES + (slots.trailing_zeros() as usize - 2) % (SIZES.len() - Self::NODES)) as u8)
    }

    /// An index that is certainly in bounds.
    #[inline]
    const fn index(self) -> usize {
        self.0 as usize % SIZES.len()
    }

    pub(crate) const fn layout(self) -> Layout {
        match Layout::from_size_align(SIZES[self.index()], ALIGN) {
            Ok(layout) => layout,
            Err(_) => panic!("some hundred bytes"),
        }
    }
}

/// What the blocks are aligned to.
const ALIGN: usize = 8;

/// Memory for a node or a small binding.
#[inline]
pub(crate) fn allocate(size: Size) -> NonNull<u8> {
    spare()
        .and_then(|spare| spare.take(size))
        .unwrap_or_else(|| allocate_anew(size))
}

#[cold]
fn allocate_anew(size: Size) -> NonNull<u8> {
    let layout = size.layout();
    // SAFETY: the layout has a size.
    NonNull::new(unsafe { alloc::alloc(layout) }).unwrap_or_else(|| alloc::handle_alloc_error(layout))
}

/// Frees what [`allocate`] has given.
///
/// # Safety
///
/// It is from there, for this size, and nobody uses it any more.
#[inline]
pub(crate) unsafe fn free(block: NonNull<u8>, size: Size) {
    // SAFETY: as the caller says.
    let is_kept = KEEPS && spare().is_some_and(|spare| unsafe { spare.keep(block, size) });
    if !is_kept {
        // SAFETY: as the caller says.
        unsafe { alloc::dealloc(block.as_ptr(), size.layout()) }
    }
}

impl Spare {
    #[inline]
    fn take(&self, size: Size) -> Option<NonNull<u8>> {
        let last = NonNull::new(self.0[size.index()].get())?;
        // SAFETY: the block is this thread's, and nobody uses it: `keep` has put this into it.
        self.0[size.index()].set(unsafe { last.as_ref() }.before);
        Some(last.cast())
    }

    /// Keeps a block, unless there are enough.
    ///
    /// # Safety
    ///
    /// As of [`free`].
    #[inline]
    unsafe fn keep(&self, block: NonNull<u8>, size: Size) -> bool {
        let list = &self.0[size.index()];
        let before = list.get();
        // SAFETY: as in `take`.
        let depth = unsafe { before.as_ref() }.map_or(0, |before| before.depth);
        if depth == MOST {
            return false;
        }
        let free = block.cast::<Free>();
        let depth = depth + 1;
        // SAFETY: the block is at least as large as that, as aligned, and nobody uses it.
        unsafe { free.write(Free { before, depth }) };
        list.set(free.as_ptr());
        true
    }
}

/// Every block has room for what is in those that are kept.
const _: () = assert!(SIZES[0] >= size_of::<Free>() && ALIGN >= align_of::<Free>());

impl Block {
    /// A spare block, if there is one: calls no allocator.
    #[inline]
    pub(crate) fn spare(size: Size) -> Option<Self> {
        let memory = spare()?.take(size)?;
        Some(Self { memory, size })
    }

    #[inline]
    pub(crate) fn new(size: Size) -> Self {
        let memory = allocate(size);
        Self { memory, size }
    }

    #[inline]
    pub(crate) fn size(&self) -> Size {
        self.size
    }

    /// The memory, which is then the caller's to free.
    #[inline]
    pub(crate) fn into_memory(self) -> NonNull<u8> {
        ManuallyDrop::new(self).memory
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the memory is from `allocate`, for this size, and nothing is in it.
        unsafe { free(self.memory, self.size) }
    }
}

impl Drop for Spare {
    #[allow(clippy::cast_possible_truncation)]
    fn drop(&mut self) {
        for size in (0..SIZES.len() as u8).map(Size) {
            while let Some(block) = self.take(size) {
                // SAFETY: the block is of this size, and nobody uses it.
                unsafe { alloc::dealloc(block.as_ptr(), size.layout()) };
            }
        }
    }
}

#[cfg(test)]
mod tests;
