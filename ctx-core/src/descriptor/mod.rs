//! The descriptor of a variable: what is known of it without any of its values.
//!
//! Nothing here knows of contexts, threads or tasks. [`debug`] says how `Debug` shows the values of a variable.

pub(crate) mod debug;

use self::debug::{Show, ShowFn};
use std::any::Any;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

/// The descriptor of a variable, without the type of its values. Its address is the variable's identity.
pub(crate) struct Descriptor {
    /// The variable gets its number when it is first bound. It is 0 until then.
    number: AtomicU32,
    pub(crate) name: &'static str,
    pub(crate) show: ShowFn,
    pub(crate) is_redacted: bool,
    /// Whether captures leave the variable out.
    pub(crate) is_local: bool,
    /// Whether a read is reported wherever it is not bound.
    pub(crate) is_required: bool,
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
    show: |_, _| Ok(()),
    is_redacted: false,
    is_local: false,
    is_required: false,
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
    pub(crate) const unsafe fn with_operations(
        name: &'static str,
        show: Show<T>,
        reach: Reach,
        operations: Operations,
    ) -> Self {
        let descriptor = Descriptor {
            number: AtomicU32::new(0),
            name,
            show: show.by,
            is_redacted: show.is_redacted,
            is_local: matches!(reach, Reach::Local),
            is_required: false,
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

    #[cfg(test)]
    pub(crate) fn assign_this_number(&self, number: u32) {
        self.number.store(number, Ordering::Relaxed);
    }
}
