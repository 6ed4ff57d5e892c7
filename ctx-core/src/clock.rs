//! A frame's clock, and the local bindings that share its word.
//!
//! Few frames ever have local bindings, and a word for them would make each annotated future 8 bytes larger. So the word
//! holds the time, or the address of a box with the time and the local bindings. Times are even: the lowest bit tells.

use crate::map::Map;
use std::{mem, ptr};

/// Counts the wrappers made in a frame, and keeps the frame's local bindings.
pub(crate) struct Clock(word::Word);

/// What a clock holds once there are local bindings.
#[derive(Default)]
struct Beside {
    time: u64,
    locals: Map,
}

/// Memory for local bindings.
pub(crate) struct Room(Box<Beside>);

impl Room {
    pub(crate) fn new() -> Self {
        Self(Box::default())
    }
}

impl Clock {
    /// How much later each wrapper is than the one before.
    pub(crate) const TICK: u64 = 2;

    pub(crate) const fn new() -> Self {
        Self(word::Word::new())
    }

    /// A clock that shows `time`, which came from a clock.
    #[inline]
    pub(crate) fn at(time: u64) -> Self {
        Self(word::Word::at(time))
    }

    /// A clock of a frame that starts with these local bindings.
    #[cold]
    pub(crate) fn with(time: u64, locals: Map) -> Self {
        let mut clock = Self::at(time);
        if !locals.is_empty() {
            clock.add(Room(Box::new(Beside { time, locals })));
        }
        clock
    }

    /// The same clock, in another place.
    ///
    /// Taken, it would have to be written to, and then bindings and identity are read as one where a future ends: they were
    /// written one by one, just before if the future was short, and a read of both waits for that. A future that is
    /// cancelled after its first poll took 34 ns in place of 26.
    ///
    /// # Safety
    ///
    /// Nobody uses this one any more, nor drops it.
    #[inline]
    pub(crate) unsafe fn hand_over(&self) -> Self {
        // SAFETY: as the caller says.
        unsafe { ptr::read(self) }
    }

    #[inline]
    pub(crate) fn time(&self) -> u64 {
        if self.has_room() {
            self.time_beside()
        } else {
            self.0.time()
        }
    }

    #[cold]
    fn time_beside(&self) -> u64 {
        self.0.beside().map_or(0, |beside| beside.time)
    }

    /// Whether this clock shows the same time as `other`, and neither has local bindings.
    #[inline]
    pub(crate) fn is_bare_at(&self, other: &Self) -> bool {
        self.0.is_time_of(&other.0)
    }

    /// The time of a wrapper that is made now.
    #[inline]
    pub(crate) fn tick(&mut self) -> u64 {
        if self.has_room() {
            return self.tick_beside();
        }
        let time = self.0.time() + Self::TICK;
        self.set(time);
        time
    }

    #[cold]
    fn tick_beside(&mut self) -> u64 {
        self.0.beside_mut().map_or(0, |beside| {
            beside.time += Self::TICK;
            beside.time
        })
    }

    /// Sets the time of a clock without local bindings.
    #[inline]
    pub(crate) fn set(&mut self, time: u64) {
        debug_assert!(!self.has_room());
        // Not dropped, which would ask again.
        mem::forget(mem::replace(&mut self.0, word::Word::at(time)));
    }

    /// Sets the time, whatever else there is.
    pub(crate) fn set_on(&mut self, time: u64) {
        match self.0.beside_mut() {
            Some(beside) => beside.time = time,
            None => self.set(time),
        }
    }

    /// Whether there may be local bindings.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.0.has_beside()
    }

    /// The local bindings, if there was ever one.
    #[inline]
    pub(crate) fn locals(&self) -> Option<&Map> {
        self.0.beside().map(|beside| &beside.locals)
    }

    /// A copy of the local bindings, in O(1).
    pub(crate) fn copy_of_locals(&self) -> Map {
        self.locals().cloned().unwrap_or_default()
    }

    /// The local bindings, to be written where there is room for them.
    pub(crate) fn locals_mut(&mut self) -> Option<&mut Map> {
        self.0.beside_mut().map(|beside| &mut beside.locals)
    }

    /// Makes room for local bindings, and gives `room` back where there is some already.
    pub(crate) fn add(&mut self, room: Room) -> Option<Room> {
        if self.has_room() {
            return Some(room);
        }
        let mut beside = room.0;
        beside.time = self.0.time();
        self.0 = word::Word::with(beside);
        None
    }
}

#[cfg(target_pointer_width = "64")]
mod word {
    use super::Beside;
    use std::ptr;

    const MARK: usize = 1;

    /// A time, or a box whose address is marked. The word owns the box.
    pub(super) struct Word(*mut Beside);

    // SAFETY: a word is a number, or a box of what is `Send`.
    unsafe impl Send for Word {}
    // SAFETY: a shared word gives access to a shared box, of what is `Sync`.
    unsafe impl Sync for Word {}

    impl Word {
        pub(super) const fn new() -> Self {
            Self(ptr::null_mut())
        }

        #[inline]
        #[allow(clippy::cast_possible_truncation)]
        pub(super) fn at(time: u64) -> Self {
            debug_assert!(time % 2 == 0);
            Self(ptr::without_provenance_mut(time as usize))
        }

        pub(super) fn with(beside: Box<Beside>) -> Self {
            Self(Box::into_raw(beside).map_addr(|address| address | MARK))
        }

        #[inline]
        pub(super) fn time(&self) -> u64 {
            self.0.addr() as u64
        }

        /// Whether both are the same time.
        #[inline]
        pub(super) fn is_time_of(&self, other: &Self) -> bool {
            // No two words have the same box.
            self.0 == other.0
        }

        #[inline]
        pub(super) fn has_beside(&self) -> bool {
            self.0.addr() & MARK != 0
        }

        fn address(&self) -> Option<*mut Beside> {
            self.has_beside().then(|| self.0.map_addr(|address| address & !MARK))
        }

        pub(super) fn beside(&self) -> Option<&Beside> {
            // SAFETY: a marked word is the address of a box that it owns: `with` alone marks one, and boxes are aligned
            // to more than the mark.
            self.address().map(|beside| unsafe { &*beside })
        }

        pub(super) fn beside_mut(&mut self) -> Option<&mut Beside> {
            // SAFETY: as above, and the word is borrowed exclusively.
            self.address().map(|beside| unsafe { &mut *beside })
        }
    }

    impl Drop for Word {
        #[inline]
        fn drop(&mut self) {
            if self.has_beside() {
                // SAFETY: the word is marked, and nobody uses it after this.
                unsafe { free(self.0) };
            }
        }
    }

    /// Takes the word by value, so that one that is never marked need not be in memory.
    ///
    /// # Safety
    ///
    /// It is marked, and nobody uses it after this.
    #[cold]
    unsafe fn free(word: *mut Beside) {
        // SAFETY: a marked word is the address of a box that it owns.
        drop(unsafe { Box::from_raw(word.map_addr(|address| address & !MARK)) });
    }
}

#[cfg(not(target_pointer_width = "64"))]
mod word {
    use super::Beside;

    /// A time, or a box: where an address is narrower than a time, they don't share a word.
    pub(super) enum Word {
        Time(u64),
        Beside(Box<Beside>),
    }

    impl Word {
        pub(super) const fn new() -> Self {
            Self::Time(0)
        }

        pub(super) fn at(time: u64) -> Self {
            Self::Time(time)
        }

        pub(super) fn with(beside: Box<Beside>) -> Self {
            Self::Beside(beside)
        }

        pub(super) fn time(&self) -> u64 {
            match self {
                Self::Time(time) => *time,
                Self::Beside(beside) => beside.time,
            }
        }

        pub(super) fn is_time_of(&self, other: &Self) -> bool {
            matches!((self, other), (Self::Time(one), Self::Time(other)) if one == other)
        }

        pub(super) fn has_beside(&self) -> bool {
            matches!(self, Self::Beside(_))
        }

        pub(super) fn beside(&self) -> Option<&Beside> {
            match self {
                Self::Time(_) => None,
                Self::Beside(beside) => Some(beside),
            }
        }

        pub(super) fn beside_mut(&mut self) -> Option<&mut Beside> {
            match self {
                Self::Time(_) => None,
                Self::Beside(beside) => Some(beside),
            }
        }
    }
}

#[cfg(test)]
mod tests;
