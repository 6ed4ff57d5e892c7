//! Free lists: each thread keeps a few of the blocks that it has freed last, and uses them again.
//!
//! A scope makes a node and a binding and frees them again, and so does each task that sets something. Without free lists,
//! `malloc` and `free` are most of what that takes. A thread keeps at most four blocks of each of eight sizes, three
//! kilobytes in all. A thread that ends has no free lists.

use std::alloc::{self, Layout};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};

/// The sizes: four of bindings with small values, and four of nodes.
const SIZES: [usize; 8] = [32, 40, 48, 64, 72, 104, 168, 296];

/// One of the sizes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct SizeClass(u8);

/// A block of memory with nothing in it.
pub(crate) struct Block {
    memory: NonNull<u8>,
    size: SizeClass,
}

/// How many blocks of a size are kept at most.
const MOST: usize = 4;

/// For each size, the block that was freed last, or null.
struct FreeLists([Cell<*mut FreeBlock>; SIZES.len()]);

/// What a kept block holds.
struct FreeBlock {
    next: *mut FreeBlock,
    /// How many blocks there are from this one on.
    length: usize,
}

thread_local! {
    static FREE_LISTS: FreeLists = const { FreeLists([const { Cell::new(ptr::null_mut()) }; SIZES.len()]) };
}

/// Whether blocks are kept. A sanitizer sees more if memory is not used again.
const KEEPS: bool = cfg!(not(contextvars_no_free_list));

/// This thread's free lists, unless the thread is ending.
#[inline(always)]
#[allow(clippy::inline_always)]
fn this_thread<'a>() -> Option<&'a FreeLists> {
    // SAFETY: `try_with` succeeds only before the thread-local is destroyed. The callers in this module use the reference
    // at once, run no other code meanwhile, and drop it. It does not leave the thread, since `FreeLists` is not `Sync`.
    FREE_LISTS.try_with(|lists| unsafe { &*ptr::from_ref(lists) }).ok()
}

impl SizeClass {
    const NODES: usize = 4;

    /// The smallest size for a binding with this layout, if it fits into one.
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

    /// The size of a node with 4, 8, 16 or 32 slots.
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
pub(crate) fn allocate(size: SizeClass) -> NonNull<u8> {
    this_thread()
        .and_then(|lists| lists.take(size))
        .unwrap_or_else(|| allocate_new(size))
}

#[cold]
fn allocate_new(size: SizeClass) -> NonNull<u8> {
    let layout = size.layout();
    // SAFETY: no size is 0.
    NonNull::new(unsafe { alloc::alloc(layout) }).unwrap_or_else(|| alloc::handle_alloc_error(layout))
}

/// Frees what [`allocate`] has given.
///
/// # Safety
///
/// The block is from [`allocate`] for this size, and nobody uses it any more.
#[inline]
pub(crate) unsafe fn free(block: NonNull<u8>, size: SizeClass) {
    // SAFETY: the caller's promise.
    let is_kept = KEEPS && this_thread().is_some_and(|lists| unsafe { lists.keep(block, size) });
    if !is_kept {
        // SAFETY: the caller's promise.
        unsafe { alloc::dealloc(block.as_ptr(), size.layout()) }
    }
}

impl FreeLists {
    #[inline]
    fn take(&self, size: SizeClass) -> Option<NonNull<u8>> {
        let first = NonNull::new(self.0[size.index()].get())?;
        // SAFETY: the list has only blocks that `keep` wrote a `FreeBlock` into, and nobody uses them.
        self.0[size.index()].set(unsafe { first.as_ref() }.next);
        Some(first.cast())
    }

    /// Keeps a block, unless there are enough. Says whether it does.
    ///
    /// # Safety
    ///
    /// As of [`free`].
    #[inline]
    unsafe fn keep(&self, block: NonNull<u8>, size: SizeClass) -> bool {
        let list = &self.0[size.index()];
        let next = list.get();
        // SAFETY: as in `take`.
        let length = unsafe { next.as_ref() }.map_or(0, |next| next.length);
        if length == MOST {
            return false;
        }
        let free = block.cast::<FreeBlock>();
        let length = length + 1;
        // SAFETY: every block is large enough for a `FreeBlock`, and aligned for it (asserted below). Nobody uses it.
        unsafe { free.write(FreeBlock { next, length }) };
        list.set(free.as_ptr());
        true
    }
}

/// Every block has room for a `FreeBlock`.
const _: () = assert!(SIZES[0] >= size_of::<FreeBlock>() && ALIGN >= align_of::<FreeBlock>());

impl Block {
    /// A block from this thread's free list, if there is one. Calls no allocator.
    #[inline]
    pub(crate) fn from_free_list(size: SizeClass) -> Option<Self> {
        let memory = this_thread()?.take(size)?;
        Some(Self { memory, size })
    }

    #[inline]
    pub(crate) fn new(size: SizeClass) -> Self {
        let memory = allocate(size);
        Self { memory, size }
    }

    #[inline]
    pub(crate) fn size(&self) -> SizeClass {
        self.size
    }

    /// The memory. The caller frees it.
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

impl Drop for FreeLists {
    #[allow(clippy::cast_possible_truncation)]
    fn drop(&mut self) {
        for size in (0..SIZES.len() as u8).map(SizeClass) {
            while let Some(block) = self.take(size) {
                // SAFETY: `allocate` gave out the block for this size, and nobody uses it.
                unsafe { alloc::dealloc(block.as_ptr(), size.layout()) };
            }
        }
    }
}

#[cfg(test)]
mod tests;
