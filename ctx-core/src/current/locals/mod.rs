//! The local variables of a frame: their bindings lie in an extension, which shares a word with the frame's clock. What the
//! frame carries for other crates lies there too.
//!
//! Few frames ever have either, and a word of its own for them would make each annotated future 8 bytes larger. So the word
//! holds the time, or the address of a box with the time and both. Times are multiples of four: the lowest bit tells the
//! two apart. The next one is set while what is carried is entered, so that a poll need not look into the box.

use crate::ambient::carried::{Carried, CarriedRef, Kinds, Raised};
use crate::map::Map;
use std::{mem, ptr};

#[cfg(target_pointer_width = "64")]
mod word;
#[cfg(not(target_pointer_width = "64"))]
#[path = "wide_word.rs"]
mod word;

/// Counts the wrappers that are made in a frame, and keeps the frame's local bindings and what it carries.
pub(crate) struct Clock(word::Word);

/// What a clock's word points to once a local variable was bound, or something is carried.
#[derive(Default)]
pub(crate) struct Extension {
    time: u64,
    locals: Map,
    /// Carried for other crates.
    carried: Option<Carried>,
    /// What of it is entered.
    entered: Kinds,
    /// What panicked when it was entered for a destructor.
    raised: Raised,
    /// Here where the word has no room for a mark.
    #[cfg(not(target_pointer_width = "64"))]
    is_entered: bool,
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
                ..Extension::default()
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

    /// Carries something. Allocates if there is no extension.
    #[cold]
    pub(crate) fn carry(&mut self, carried: Carried) {
        if !self.has_extension() {
            self.extend(Extension::new());
        }
        if let Some(extension) = self.0.extension_mut() {
            extension.carried = Some(carried);
        }
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
        debug_assert!(!self.is_entered());
        let mut copy = Self::new();
        if let Some(carried) = self.0.extension().and_then(|extension| extension.carried.clone()) {
            copy.carry(carried);
        }
        copy
    }

    /// Takes out what is carried, if it is not entered.
    pub(crate) fn take_carried(&mut self) -> Option<Carried> {
        if self.is_entered() {
            return None;
        }
        self.0.extension_mut()?.carried.take()
    }

    /// Marks what is carried as entered, if it is not. Nothing of it is entered yet.
    ///
    /// # Safety
    ///
    /// The result is not used after [`end_carried`](Self::end_carried), nor after the clock is dropped.
    #[inline]
    pub(crate) unsafe fn begin_carried<'a>(&mut self) -> Option<CarriedRef<'a>> {
        if self.is_entered() {
            return None;
        }
        // SAFETY: `take_carried` does not take it out while it is marked, by the caller's promise for longer than the result is
        // used. `carry` is for clocks of frames that don't run.
        let carried = unsafe { self.0.extension()?.carried.as_ref()?.extend() };
        self.0.mark_entered(true);
        Some(carried)
    }

    /// What is carried, and what of it is entered, if it is marked so.
    ///
    /// # Safety
    ///
    /// As of [`begin_carried`](Self::begin_carried).
    #[inline]
    pub(crate) unsafe fn entered<'a>(&self) -> Option<(CarriedRef<'a>, Kinds)> {
        if !self.is_entered() {
            return None;
        }
        let extension = self.0.extension()?;
        // SAFETY: as in `begin_carried`.
        Some((unsafe { extension.carried.as_ref()?.extend() }, extension.entered))
    }

    /// Marks what is carried as not entered.
    #[inline]
    pub(crate) fn end_carried(&mut self) {
        self.0.mark_entered(false);
    }

    /// Notes what of it is entered.
    #[inline]
    pub(crate) fn note_entered(&mut self, entered: Kinds) {
        if let Some(extension) = self.0.extension_mut() {
            extension.entered = entered;
        }
    }

    /// Notes what panicked when it was entered for a destructor.
    pub(crate) fn note_raised(&mut self, raised: Raised) {
        if let Some(extension) = self.0.extension_mut() {
            extension.raised = raised;
        }
    }

    /// Takes out what panicked.
    pub(crate) fn take_raised(&mut self) -> Raised {
        self.0
            .extension_mut()
            .map_or(Raised::NONE, |extension| mem::take(&mut extension.raised))
    }

    /// Whether something is carried, and entered.
    #[inline]
    pub(crate) fn is_entered(&self) -> bool {
        self.0.is_entered()
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

#[cfg(test)]
mod tests;
