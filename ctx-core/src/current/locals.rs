//! The local variables of a frame: their bindings lie in an extension, which shares a word with the frame's clock. What the
//! frame carries for other crates lies there too.
//!
//! Few frames ever have either, and a word of its own for them would make each annotated future 8 bytes larger. So the word
//! holds the time, or the address of a box with the time and both. Times are multiples of four: the lowest bit tells the
//! two apart. The next one is set while what is carried is entered, so that a poll need not look into the box.

use super::carrying::Carrying;
use crate::ambient::carried::Carried;
use crate::map::Map;
use std::{mem, ptr};

/// Counts the wrappers that are made in a frame, and keeps the frame's local bindings and what it carries.
pub(crate) struct Clock(word::Word);

/// What a clock's word points to once a local variable was bound, or something is carried.
#[derive(Default)]
pub(crate) struct Extension {
    time: u64,
    locals: Map,
    carrying: Carrying,
}

impl Extension {
    // Whoever needs one needs the box: a clock has room for its address alone.
    #[allow(clippy::unnecessary_box_returns)]
    pub(crate) fn new() -> Box<Self> {
        Box::default()
    }
}

impl Clock {
    /// How much later each wrapper is than the one before.
    pub(crate) const TICK: u64 = 4;

    pub(crate) const fn new() -> Self {
        Self(word::Word::new())
    }

    /// A clock that shows `time`, which came from a clock.
    #[inline]
    pub(crate) fn at(time: u64) -> Self {
        Self(word::Word::at(time))
    }

    /// The clock of a frame that starts with these local bindings.
    #[cold]
    pub(crate) fn with(time: u64, locals: Map) -> Self {
        let mut clock = Self::at(time);
        if !locals.is_empty() {
            clock.extend(Box::new(Extension {
                time,
                locals,
                carrying: Carrying::Nothing,
            }));
        }
        clock
    }

    /// Moves the clock out, and leaves its bits here.
    ///
    /// Writing an empty clock here instead makes the compiler load a frame's bindings and identity as one word of 16 bytes
    /// where a future ends. They were written one by one, just before if the future was short, so the load waits for both
    /// writes. A future that is cancelled after its first poll took 34 ns in place of 26.
    ///
    /// # Safety
    ///
    /// Nobody uses this clock any more, nor drops it.
    #[inline]
    pub(crate) unsafe fn move_out(&self) -> Self {
        // SAFETY: the caller's promise.
        unsafe { ptr::read(self) }
    }

    #[inline]
    pub(crate) fn time(&self) -> u64 {
        if self.has_extension() {
            self.time_in_extension()
        } else {
            self.0.time()
        }
    }

    #[cold]
    fn time_in_extension(&self) -> u64 {
        self.0.extension().map_or(0, |extension| extension.time)
    }

    /// Whether this clock shows the same time as `other`, and neither has an extension.
    #[inline]
    pub(crate) fn is_bare_at(&self, other: &Self) -> bool {
        self.0.is_time_of(&other.0)
    }

    /// The time of a wrapper that is made now.
    #[inline]
    pub(crate) fn tick(&mut self) -> u64 {
        if self.has_extension() {
            return self.tick_in_extension();
        }
        let time = self.0.time() + Self::TICK;
        self.set(time);
        time
    }

    #[cold]
    fn tick_in_extension(&mut self) -> u64 {
        self.0.extension_mut().map_or(0, |extension| {
            extension.time += Self::TICK;
            extension.time
        })
    }

    /// Sets the time of a clock without an extension.
    #[inline]
    pub(crate) fn set(&mut self, time: u64) {
        debug_assert!(!self.has_extension());
        // Not dropped: a word without an extension owns nothing.
        mem::forget(mem::replace(&mut self.0, word::Word::at(time)));
    }

    /// Sets the time of a clock with or without an extension.
    pub(crate) fn set_any(&mut self, time: u64) {
        match self.0.extension_mut() {
            Some(extension) => extension.time = time,
            None => self.set(time),
        }
    }

    /// Whether something was ever carried, or a local variable bound.
    #[inline]
    pub(crate) fn has_extension(&self) -> bool {
        self.0.has_extension()
    }

    /// A clock that carries the same, at whatever time. Only where it is not entered.
    #[inline]
    pub(crate) fn copy_of_carried(&self) -> Self {
        if self.has_extension() {
            self.copy_of_extended()
        } else {
            Self::new()
        }
    }

    #[cold]
    fn copy_of_extended(&self) -> Self {
        let mut copy = Self::new();
        if let Some(Carrying::Waiting(carried)) = self.0.extension().map(|extension| &extension.carrying) {
            copy.carry(carried.clone());
        }
        copy
    }

    /// Takes out what is carried.
    pub(crate) fn take_carrying(&mut self) -> Carrying {
        let Some(extension) = self.0.extension_mut() else {
            return Carrying::Nothing;
        };
        let carrying = mem::take(&mut extension.carrying);
        self.0.note_entered(false);
        carrying
    }

    /// Takes out what is carried and not entered.
    pub(crate) fn take_waiting(&mut self) -> Option<Carried> {
        match self.take_carrying() {
            Carrying::Waiting(carried) => Some(carried),
            others => {
                self.put_back(others);
                None
            }
        }
    }

    /// Puts back what was taken out.
    pub(crate) fn put_back(&mut self, carrying: Carrying) {
        let is_entered = matches!(carrying, Carrying::Entered(..));
        if let Some(extension) = self.0.extension_mut() {
            extension.carrying = carrying;
            self.0.note_entered(is_entered);
        }
    }

    /// Whether something is carried, and entered.
    #[inline]
    pub(crate) fn is_entered(&self) -> bool {
        self.0.is_entered()
    }

    /// Carries something. Allocates if there is no extension.
    #[cold]
    pub(crate) fn carry(&mut self, carried: Carried) {
        if !self.has_extension() {
            self.extend(Extension::new());
        }
        self.put_back(Carrying::Waiting(carried));
    }

    /// The local bindings, if there is an extension.
    #[inline]
    pub(crate) fn locals(&self) -> Option<&Map> {
        self.0.extension().map(|extension| &extension.locals)
    }

    /// A copy of the local bindings, in O(1).
    pub(crate) fn copy_of_locals(&self) -> Map {
        self.locals().cloned().unwrap_or_default()
    }

    /// The local bindings, to be written, if there is an extension.
    pub(crate) fn locals_mut(&mut self) -> Option<&mut Map> {
        self.0.extension_mut().map(|extension| &mut extension.locals)
    }

    /// Adds an extension. Gives it back if there is one already.
    pub(crate) fn extend(&mut self, mut extension: Box<Extension>) -> Option<Box<Extension>> {
        if self.has_extension() {
            return Some(extension);
        }
        extension.time = self.0.time();
        self.0 = word::Word::with(extension);
        None
    }
}

#[cfg(target_pointer_width = "64")]
mod word {
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
        pub(super) fn note_entered(&mut self, is_entered: bool) {
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
}

#[cfg(not(target_pointer_width = "64"))]
mod word {
    use super::{Carrying, Extension};

    /// A time or a box. An address is narrower than a time here, so they can't share a word.
    pub(super) enum Word {
        Time(u64),
        Extension(Box<Extension>),
    }

    impl Word {
        pub(super) const fn new() -> Self {
            Self::Time(0)
        }

        pub(super) fn at(time: u64) -> Self {
            Self::Time(time)
        }

        pub(super) fn with(extension: Box<Extension>) -> Self {
            Self::Extension(extension)
        }

        pub(super) fn time(&self) -> u64 {
            match self {
                Self::Time(time) => *time,
                Self::Extension(extension) => extension.time,
            }
        }

        pub(super) fn is_time_of(&self, other: &Self) -> bool {
            matches!((self, other), (Self::Time(one), Self::Time(other)) if one == other)
        }

        pub(super) fn has_extension(&self) -> bool {
            matches!(self, Self::Extension(_))
        }

        pub(super) fn is_entered(&self) -> bool {
            let carrying = self.extension().map(|extension| &extension.carrying);
            matches!(carrying, Some(Carrying::Entered(..)))
        }

        #[allow(clippy::unused_self)]
        pub(super) fn note_entered(&mut self, _: bool) {}

        pub(super) fn extension(&self) -> Option<&Extension> {
            match self {
                Self::Time(_) => None,
                Self::Extension(extension) => Some(extension),
            }
        }

        pub(super) fn extension_mut(&mut self) -> Option<&mut Extension> {
            match self {
                Self::Time(_) => None,
                Self::Extension(extension) => Some(extension),
            }
        }
    }
}

#[cfg(test)]
mod tests;
