//! What one capture carries, and how it is entered and left.

use super::reentrancy::unless_nested;
use super::state::Ambient;
use std::any::Any;
use std::mem;
use std::panic::{self, AssertUnwindSafe, RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a capture carries: something of at least one kind. 16 bytes; clones share it.
#[derive(Clone)]
pub(crate) struct Carried(Arc<dyn Entry>);

/// The same, while somebody else keeps a handle.
#[derive(Clone, Copy)]
pub(crate) struct CarriedRef<'a>(&'a dyn Entry);

/// Which kinds of a [`Carried`] are entered: a bit for each, the first one lowest.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Kinds(u64);

impl Kinds {
    pub(crate) const NONE: Self = Self(0);
}

/// One kind of what is carried, and the others, which are entered after it and left before it.
pub(crate) trait Entry: Send + Sync {
    /// Enters it and the others, where the thread has none of the kind, and notes that from `kind` on.
    fn enter(&self, kind: u64, entered: &mut Kinds);

    /// The same for a destructor. Does not unwind: a kind that panics does not keep the others out.
    fn enter_to_drop(&self, kind: u64, entered: &mut Kinds) -> Raised;

    /// Leaves those of the others and it whose bits are set.
    fn exit(&self, entered: u64);
}

/// What was captured of the kind `A`.
pub(crate) struct Captured<A> {
    pub(crate) ambient: A,
    pub(crate) others: Option<Carried>,
}

impl<A: Ambient> Captured<A> {
    #[inline]
    fn enter_this(&self, kind: u64, entered: &mut Kinds) {
        if !A::is_present() {
            self.ambient.enter();
            entered.0 |= kind;
        }
    }
}

impl<A: Ambient> Entry for Captured<A> {
    fn enter(&self, kind: u64, entered: &mut Kinds) {
        self.enter_this(kind, entered);
        if let Some(others) = &self.others {
            others.0.enter(kind << 1, entered);
        }
    }

    fn enter_to_drop(&self, kind: u64, entered: &mut Kinds) -> Raised {
        let raised = Raised::by(|| self.enter_this(kind, entered));
        match &self.others {
            Some(others) => raised.or(others.0.enter_to_drop(kind << 1, entered)),
            None => raised,
        }
    }

    fn exit(&self, entered: u64) {
        /// Leaves it, also if one of the others panics. A second panic would abort the process: it ends here.
        struct Exit<'a, A: Ambient>(&'a A);

        impl<A: Ambient> Drop for Exit<'_, A> {
            fn drop(&mut self) {
                if thread::panicking() {
                    Raised::by(|| self.0.exit()).discard();
                } else {
                    self.0.exit();
                }
            }
        }

        let _last = (entered & FIRST != 0).then(|| Exit(&self.ambient));
        if let Some(others) = self.others.as_ref().filter(|_| entered > FIRST) {
            others.0.exit(entered >> 1);
        }
    }
}

/// The bit of the first kind.
const FIRST: u64 = 1;

/// The panic of an [`Ambient::capture`]. It goes on where a poll or call would enter what was captured.
pub(super) struct Panic {
    raised: Mutex<Raised>,
    others: Option<Carried>,
}

impl Panic {
    pub(super) fn new(payload: Box<dyn Any + Send>, others: Option<Carried>) -> Self {
        let raised = Mutex::new(Raised::with(payload));
        Self { raised, others }
    }
}

impl Entry for Panic {
    fn enter(&self, _: u64, _: &mut Kinds) {
        let raised = mem::take(&mut *self.raised.lock().unwrap_or_else(PoisonError::into_inner));
        raised.resume();
        panic::resume_unwind(Box::new("`Ambient::capture` panicked"));
    }

    fn enter_to_drop(&self, kind: u64, entered: &mut Kinds) -> Raised {
        match &self.others {
            Some(others) => others.0.enter_to_drop(kind << 1, entered),
            None => Raised::NONE,
        }
    }

    fn exit(&self, entered: u64) {
        if let Some(others) = &self.others {
            others.0.exit(entered >> 1);
        }
    }
}

// What is captured is entered again and again, and nobody can look at it in between. As futures and closures that carry
// nothing, those that do may cross a `catch_unwind`.
impl UnwindSafe for Carried {}
impl RefUnwindSafe for Carried {}

impl Carried {
    pub(crate) fn new(entry: impl Entry + 'static) -> Self {
        Self(Arc::new(entry))
    }

    /// A reference that outlives this handle.
    ///
    /// # Safety
    ///
    /// Some handle outlives the reference.
    #[inline]
    pub(crate) unsafe fn extend<'a>(&self) -> CarriedRef<'a> {
        // SAFETY: the caller's promise: the handle keeps the entry, which nobody changes.
        CarriedRef(unsafe { &*Arc::as_ptr(&self.0) })
    }
}

impl CarriedRef<'_> {
    /// Enters each kind that this thread has none of, in order, and notes in `entered` which.
    ///
    /// # Panics
    ///
    /// If a function of an [`Ambient`] panics, or [`Ambient::capture`] has. The caller leaves what was entered.
    #[inline]
    pub(crate) fn enter(self, entered: &mut Kinds) {
        unless_nested(|| self.0.enter(FIRST, entered));
    }

    /// The same for a destructor, which goes on whatever happens. Does not unwind.
    pub(crate) fn enter_to_drop(self, entered: &mut Kinds) -> Raised {
        unless_nested(|| self.0.enter_to_drop(FIRST, entered)).unwrap_or(Raised::NONE)
    }

    /// Leaves what was entered, the last first: all of it, whatever panics.
    ///
    /// # Panics
    ///
    /// If a function of an [`Ambient`] panics, unless another panic unwinds.
    #[inline]
    pub(crate) fn exit(self, entered: Kinds) {
        unless_nested(|| self.0.exit(entered.0));
    }

    /// The same. Does not unwind.
    pub(crate) fn exit_after_drop(self, entered: Kinds) -> Raised {
        Raised::by(|| self.exit(entered))
    }
}

/// The panic of a function of an [`Ambient`], if one panicked.
#[must_use]
#[derive(Default)]
pub(crate) struct Raised(Option<Payload>);

/// What a panic says. Never locked: the mutex makes it `Sync`.
type Payload = Mutex<Box<dyn Any + Send>>;

impl Raised {
    pub(crate) const NONE: Self = Self(None);

    fn by(f: impl FnOnce()) -> Self {
        panic::catch_unwind(AssertUnwindSafe(f)).map_or_else(Self::with, |()| Self::NONE)
    }

    fn with(payload: Box<dyn Any + Send>) -> Self {
        Self(Some(Mutex::new(payload)))
    }

    /// The first of two. The other is of no concern to anybody.
    pub(crate) fn or(self, other: Self) -> Self {
        if self.0.is_none() {
            return other;
        }
        other.discard();
        self
    }

    /// Drops what a panic says. Does not unwind: if that panics in its turn, what the second one says is leaked.
    fn discard(self) {
        let dropped = panic::catch_unwind(AssertUnwindSafe(|| drop(self)));
        mem::forget(dropped);
    }

    /// Goes on with the panic.
    fn resume(self) {
        if let Some(payload) = self.0 {
            panic::resume_unwind(payload.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// The same at the end of a destructor. While another panic unwinds, nobody could catch it: then the hook has reported
    /// it, and that is all.
    pub(crate) fn resume_in_drop(self) {
        if thread::panicking() {
            self.discard();
        } else {
            self.resume();
        }
    }
}
