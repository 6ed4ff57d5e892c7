//! The word of a clock: a time, or the marked address of an extension.

use super::Extension;
use std::ptr;

const MARK: usize = 1;
const ENTERED: usize = 2;
const MARKS: usize = MARK | ENTERED;

/// A time, or the marked address of a box that the word owns.
pub(super) struct Word(*mut Extension);

// SAFETY: a word is a number, or owns a box of what is `Send`.
unsafe impl Send for Word {}
// SAFETY: a shared word gives shared access to what is in the box, which is `Sync`.
unsafe impl Sync for Word {}

impl Word {
    pub(super) const fn new() -> Self {
        Self(ptr::null_mut())
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn at(time: u64) -> Self {
        debug_assert!(time & MARKS as u64 == 0);
        Self(ptr::without_provenance_mut(time as usize))
    }

    pub(super) fn with(extension: Box<Extension>) -> Self {
        Self(Box::into_raw(extension).map_addr(|address| address | MARK))
    }

    #[inline]
    pub(super) fn time(&self) -> u64 {
        self.0.addr() as u64
    }

    /// Whether both are the same time.
    #[inline]
    pub(super) fn is_time_of(&self, other: &Self) -> bool {
        // No two words own the same box.
        self.0 == other.0
    }

    #[inline]
    pub(super) fn has_extension(&self) -> bool {
        self.0.addr() & MARK != 0
    }

    #[inline]
    pub(super) fn is_entered(&self) -> bool {
        self.0.addr() & ENTERED != 0
    }

    /// Notes whether something is entered. Only for a word with an extension.
    pub(super) fn mark_entered(&mut self, is_entered: bool) {
        debug_assert!(self.has_extension());
        let mark = if is_entered { ENTERED } else { 0 };
        self.0 = self.0.map_addr(|address| address & !ENTERED | mark);
    }

    fn address(&self) -> Option<*mut Extension> {
        self.has_extension()
            .then(|| self.0.map_addr(|address| address & !MARKS))
    }

    pub(super) fn extension(&self) -> Option<&Extension> {
        // SAFETY: only `with` marks a word, with the address of a box that the word owns. Boxes of an `Extension` are
        // aligned to more than the marks.
        self.address().map(|extension| unsafe { &*extension })
    }

    pub(super) fn extension_mut(&mut self) -> Option<&mut Extension> {
        // SAFETY: as above, and the word is borrowed exclusively.
        self.address().map(|extension| unsafe { &mut *extension })
    }
}

impl Drop for Word {
    #[inline]
    fn drop(&mut self) {
        if self.has_extension() {
            // SAFETY: the word is marked, and nobody uses it after its drop.
            unsafe { free(self.0) };
        }
    }
}

/// Frees the extension. Takes the word by value, so that a word that is never marked need not be in memory.
///
/// # Safety
///
/// It is marked, and nobody uses it after this.
#[cold]
#[inline(never)]
unsafe fn free(word: *mut Extension) {
    // SAFETY: a marked word owns the box at that address.
    drop(unsafe { Box::from_raw(word.map_addr(|address| address & !MARKS)) });
}
