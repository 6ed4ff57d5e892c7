//! A default: an expression that is evaluated when it is first needed, outside every lock and every context.

use super::lost::unreported::Unreported;
use crate::current;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::OnceLock;

/// A variable's default, evaluated or not.
pub(crate) struct Lazy<T> {
    evaluate: fn() -> T,
    value: OnceLock<T>,
}

/// The default was read while this thread was evaluating it.
pub(crate) struct ReadsItself;

impl<T> Lazy<T> {
    pub(crate) const fn new(evaluate: fn() -> T) -> Self {
        Self {
            evaluate,
            value: OnceLock::new(),
        }
    }

    #[inline]
    pub(crate) fn evaluated(&self) -> Option<&T> {
        self.value.get()
    }

    #[inline]
    pub(crate) fn get(&self) -> Result<&T, ReadsItself> {
        match self.value.get() {
            Some(value) => Ok(value),
            None => self.evaluate(),
        }
    }

    /// Keeps this thread from showing the default inside itself. `None` if it is evaluating or showing it already.
    pub(crate) fn begin_to_show(&self) -> Option<Busy> {
        Busy::begin(ptr::from_ref(self).addr())
    }

    /// Several threads may evaluate at once. The first result stays, and the others are dropped.
    #[cold]
    fn evaluate(&self) -> Result<&T, ReadsItself> {
        let _busy = Busy::begin(ptr::from_ref(self).addr()).ok_or(ReadsItself)?;
        // It finds other variables' defaults, and means to.
        let unreported = Unreported::begin();
        let value = current::outside(self.evaluate);
        drop(unreported);
        drop(self.value.set(value));
        self.value.get().ok_or(ReadsItself)
    }
}

thread_local! {
    /// The defaults that this thread is evaluating or showing. It has no destructor, so that it works while the thread ends.
    /// An empty list owns no memory.
    static RUNNING: Cell<ManuallyDrop<Vec<usize>>> = const { Cell::new(ManuallyDrop::new(Vec::new())) };
}

/// This thread is evaluating or showing a default, until this is dropped.
pub(crate) struct Busy;

impl Busy {
    /// `None` if the default at this address is being evaluated or shown already.
    fn begin(address: usize) -> Option<Self> {
        let mut running = RUNNING.take();
        let is_new = !running.contains(&address);
        if is_new {
            running.push(address);
        }
        RUNNING.set(running);
        is_new.then_some(Self)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut running = RUNNING.take();
        running.pop();
        if running.is_empty() {
            drop(ManuallyDrop::into_inner(running));
        } else {
            RUNNING.set(running);
        }
    }
}
