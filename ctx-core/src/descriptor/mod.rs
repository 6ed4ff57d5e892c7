//! The descriptor of a variable: what is known of it without any of its values.
//!
//! Nothing here knows of contexts, threads or tasks. [`debug`] says how `Debug` shows the values of a variable.

pub(crate) mod debug;

use self::debug::{Show, ShowFn};
use std::any::Any;
use std::marker::PhantomData;
use std::panic::Location;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

/// The descriptor of a variable, without the type of its values. Its address is the variable's identity.
pub(crate) struct Descriptor {
    /// The variable gets its number when it is first bound. It is 0 until then.
    number: AtomicU32,
    pub(crate) name: &'static str,
    /// Where it is declared: tells variables of one name apart.
    pub(crate) declared: &'static Location<'static>,
    pub(crate) show: ShowFn,
    pub(crate) is_redacted: bool,
    /// Whether captures leave the variable out.
    pub(crate) is_local: bool,
    /// Whether a read is reported wherever it is not bound.
    pub(crate) is_required: bool,
    misses: Misses,
    pub(crate) operations: Operations,
}

/// What a binding of a variable can do without knowing the type of its value. `map::binding` writes and calls both.
#[derive(Clone, Copy)]
pub(crate) struct Operations {
    /// The value of a binding.
    pub(crate) value: unsafe fn(NonNull<u8>) -> NonNull<dyn Any>,
    /// Drops the value of a binding and frees its memory.
    pub(crate) free: unsafe fn(NonNull<u8>),
}

/// What a read of a variable does that finds no value.
struct Misses {
    /// True until such a read has found that it has nothing more to do, and again when somebody listens: see
    /// [`Descriptor::is_miss_slow`].
    are_slow: AtomicBool,
    /// Whether the variable is in the list of those whose misses became quick, or about to be.
    is_listed: AtomicBool,
    /// The variable before it in that list, or null.
    next: AtomicPtr<Descriptor>,
}

/// The list of the variables whose misses became quick: the last of them, or null. It only grows, and takes no memory of
/// its own: an allocator may read variables.
static QUICK: AtomicPtr<Descriptor> = AtomicPtr::new(ptr::null_mut());

/// Whether somebody listens to misses.
static ARE_MISSES_REPORTED: AtomicBool = AtomicBool::new(false);

impl Misses {
    const fn new() -> Self {
        Self {
            are_slow: AtomicBool::new(true),
            is_listed: AtomicBool::new(false),
            next: AtomicPtr::new(ptr::null_mut()),
        }
    }
}

/// How far the bindings of a variable go.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    /// Captures and snapshots take them along.
    Inherited,
    /// They stay with the context that runs, and with what it awaits.
    Local,
}

/// A descriptor that belongs to no variable. Empty slots lead to it, so that a read compares one address and nothing else.
pub(crate) static NO_VARIABLE: Descriptor = Descriptor {
    number: AtomicU32::new(0),
    name: "",
    declared: Location::caller(),
    show: |_, _| Ok(()),
    is_redacted: false,
    is_local: false,
    is_required: false,
    misses: Misses::new(),
    operations: Operations {
        value: |_| unreachable!("no binding belongs to no variable"),
        free: |_| unreachable!("no binding belongs to no variable"),
    },
};

/// The descriptor of a variable whose values have the type `T`.
///
/// A variable's descriptor is always one of these, and a binding that points to one holds a `T`.
pub(crate) struct DescriptorOf<T>(Descriptor, PhantomData<fn(T) -> T>);

impl<T: 'static> DescriptorOf<T> {
    /// # Safety
    ///
    /// The operations are those of a binding that holds a `T`.
    #[track_caller]
    pub(crate) const unsafe fn with_operations(
        name: &'static str,
        show: Show<T>,
        reach: Reach,
        operations: Operations,
    ) -> Self {
        let descriptor = Descriptor {
            number: AtomicU32::new(0),
            name,
            declared: Location::caller(),
            show: show.by,
            is_redacted: show.is_redacted,
            is_local: matches!(reach, Reach::Local),
            is_required: false,
            misses: Misses::new(),
            operations,
        };
        Self(descriptor, PhantomData)
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.0.name
    }
}

impl<T> DescriptorOf<T> {
    pub(crate) const fn require(&mut self) {
        self.0.is_required = true;
    }
}

impl<T> std::ops::Deref for DescriptorOf<T> {
    type Target = Descriptor;

    fn deref(&self) -> &Descriptor {
        &self.0
    }
}

impl PartialEq for Descriptor {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

impl Descriptor {
    /// The variable's number, or 0 if it was never bound.
    ///
    /// Relaxed is enough. A thread that sees a map with a binding of this variable got the map from the thread that made
    /// it, by something that orders memory, and that thread read the number before. Another thread may still see 0: it
    /// then looks into slot 0, and finds no binding of this descriptor there.
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// The variable's number. A variable without one gets one now.
    #[inline]
    pub(crate) fn assign_number(&self) -> u32 {
        match self.number() {
            0 => self.assign_next_number(),
            number => number,
        }
    }

    #[cold]
    fn assign_next_number(&self) -> u32 {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        match self
            .number
            .compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed)
        {
            Ok(_) => number,
            Err(assigned) => assigned,
        }
    }

    /// Whether a read that finds nothing in the first level has more to do: the variable is local, or somebody listens, or
    /// no read has found out yet. One byte for all three: a jump more would show in such a read.
    #[inline]
    pub(crate) fn is_miss_slow(&self) -> bool {
        self.misses.are_slow.load(Ordering::Relaxed)
    }

    /// Makes the misses of an inherited variable quick, unless somebody listens.
    pub(crate) fn make_misses_quick(&'static self) {
        if self.is_local || are_misses_reported() {
            return;
        }
        if !self.misses.is_listed.swap(true, Ordering::SeqCst) {
            let this = ptr::from_ref(self).cast_mut();
            let mut last = QUICK.load(Ordering::SeqCst);
            loop {
                self.misses.next.store(last, Ordering::SeqCst);
                match QUICK.compare_exchange(last, this, Ordering::SeqCst, Ordering::SeqCst) {
                    Ok(_) => break,
                    Err(newer) => last = newer,
                }
            }
        }
        self.misses.are_slow.store(false, Ordering::SeqCst);
        // Whoever listens sets the flag first, and then makes all in the list slow. If that walk did not see this variable,
        // or saw it before the last line, the flag was set before this one.
        if ARE_MISSES_REPORTED.load(Ordering::SeqCst) {
            self.misses.are_slow.store(true, Ordering::SeqCst);
        }
    }

    #[cfg(test)]
    pub(crate) fn assign_this_number(&self, number: u32) {
        self.number.store(number, Ordering::Relaxed);
    }
}

/// Has misses reported, from now on or no more. Where nobody listens any more, each variable becomes quick at its next miss.
pub(crate) fn report_misses(are_reported: bool) {
    ARE_MISSES_REPORTED.store(are_reported, Ordering::SeqCst);
    if !are_reported {
        return;
    }
    let mut next = QUICK.load(Ordering::SeqCst);
    // SAFETY: the list has addresses of descriptors that are `'static`, and null at its end.
    while let Some(variable) = unsafe { next.as_ref() } {
        variable.misses.are_slow.store(true, Ordering::SeqCst);
        next = variable.misses.next.load(Ordering::SeqCst);
    }
}

/// Relaxed is enough: a read that does not see the change yet was made at the same time.
#[inline]
pub(crate) fn are_misses_reported() -> bool {
    ARE_MISSES_REPORTED.load(Ordering::Relaxed)
}
