//! What is known of a variable: its number, its name, and what its values can do.

use crate::binding::{self, Binding};
use crate::show::{Show, ShowFn};
use std::any::Any;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

/// What is known of a variable without its type. Its address tells the variable from all others.
pub(crate) struct Info {
    /// Given out when the variable is first bound; 0 until then.
    number: AtomicU32,
    pub(crate) name: &'static str,
    pub(crate) show: ShowFn,
    pub(crate) is_redacted: bool,
    /// Whether its bindings stay with the context that runs.
    pub(crate) is_local: bool,
    pub(crate) view: unsafe fn(NonNull<Binding>) -> NonNull<dyn Any>,
    pub(crate) free: unsafe fn(NonNull<Binding>),
}

/// How far the bindings of a variable go.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    /// Captures take them along.
    Inherited,
    /// They stay with the context that runs, and with what it awaits.
    Local,
}

/// Of no variable.
pub(crate) static NOBODY: Info = Info {
    number: AtomicU32::new(0),
    name: "",
    show: |_, _| Ok(()),
    is_redacted: false,
    is_local: false,
    view: |_| unreachable!("no binding is of no variable"),
    free: |_| unreachable!("no binding is of no variable"),
};

/// The information on a variable whose values are of type `T`. Nothing else makes an `Info`.
///
/// Of a type that can't be a value there is no variable, and so no binding.
pub(crate) struct InfoOf<T>(Info, PhantomData<fn(T) -> T>);

impl<T: 'static> InfoOf<T> {
    pub(crate) const fn new(name: &'static str, show: Show<T>, reach: Reach) -> Self {
        let info = Info {
            number: AtomicU32::new(0),
            name,
            show: show.by,
            is_redacted: show.is_redacted,
            is_local: matches!(reach, Reach::Local),
            view: binding::view::<T>,
            free: binding::free::<T>,
        };
        Self(info, PhantomData)
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.0.name
    }
}

impl<T> std::ops::Deref for InfoOf<T> {
    type Target = Info;

    fn deref(&self) -> &Info {
        &self.0
    }
}

impl PartialEq for Info {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

impl Info {
    /// The variable's number, 0 if it was never bound.
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// The variable's number, which it gets now if it has none yet.
    #[inline]
    pub(crate) fn assign(&self) -> u32 {
        match self.number() {
            0 => self.assign_next(),
            number => number,
        }
    }

    #[cold]
    fn assign_next(&self) -> u32 {
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
    pub(crate) fn assign_this(&self, number: u32) {
        self.number.store(number, Ordering::Relaxed);
    }
}
