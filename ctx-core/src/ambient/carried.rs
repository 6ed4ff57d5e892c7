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

/// One kind of what is carried, and the others, which are entered after it.
pub(crate) trait Entry: Send + Sync {
    /// Goes on with the panic of [`Ambient::capture`], if that is what was captured.
    fn raise(&self) {}
    fn is_present(&self) -> bool;
    fn enter(&self);
    fn exit(&self);
    fn others(&self) -> Option<&Carried>;
}

/// What was captured of the kind `A`.
pub(crate) struct Captured<A> {
    pub(crate) ambient: A,
    pub(crate) others: Option<Carried>,
}

impl<A: Ambient> Entry for Captured<A> {
    fn is_present(&self) -> bool {
        A::is_present()
    }

    fn enter(&self) {
        self.ambient.enter();
    }

    fn exit(&self) {
        self.ambient.exit();
    }

    fn others(&self) -> Option<&Carried> {
        self.others.as_ref()
    }
}

/// The panic of an [`Ambient::capture`]. It is raised where a poll or call would enter what was captured. It is of no
/// concern to a destructor.
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
    fn raise(&self) {
        let raised = mem::take(&mut *self.raised.lock().unwrap_or_else(PoisonError::into_inner));
        raised
            .or(Raised::with(Box::new("`Ambient::capture` panicked")))
            .resume();
    }

    fn is_present(&self) -> bool {
        true
    }

    fn enter(&self) {}

    fn exit(&self) {}

    fn others(&self) -> Option<&Carried> {
        self.others.as_ref()
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

    /// Enters each kind that this thread has none of, and notes in `entered` which. Does not unwind: returns the panic of a
    /// function of an [`Ambient`], if one panics or [`Ambient::capture`] has. Then the caller leaves what was entered.
    pub(crate) fn enter(&self, entered: &mut Kinds) -> Raised {
        Raised::by(|| {
            self.for_each(|kind, entry| {
                entry.raise();
                entered.enter(kind, entry);
            });
        })
    }

    /// The same for a destructor, which goes on whatever happens: a kind that panics does not keep the others out.
    pub(crate) fn enter_to_drop(&self, entered: &mut Kinds) -> Raised {
        let mut raised = Raised::NONE;
        self.for_each(|kind, entry| {
            raised = mem::take(&mut raised).or(Raised::by(|| entered.enter(kind, entry)));
        });
        raised
    }

    fn for_each(&self, mut f: impl FnMut(u64, &dyn Entry)) {
        let mut kind = Kinds::FIRST;
        let mut next = Some(self);
        while let Some(Self(entry)) = next {
            f(kind, &**entry);
            kind <<= 1;
            next = entry.others();
        }
    }

    /// Leaves what was entered, the last first. All of it, whatever panics. Returns the first panic.
    pub(crate) fn exit(&self, entered: Kinds) -> Raised {
        let mut raised = Raised::NONE;
        if let Some(others) = self.0.others().filter(|_| entered.0 > Kinds::FIRST) {
            raised = others.exit(Kinds(entered.0 >> 1));
        }
        if entered.0 & Kinds::FIRST != 0 {
            raised = raised.or(Raised::by(|| self.0.exit()));
        }
        raised
    }
}

/// Which kinds of a [`Carried`] are entered: a bit for each.
#[derive(Clone, Copy)]
pub(crate) struct Kinds(u64);

impl Kinds {
    const FIRST: u64 = 1;

    pub(crate) const NONE: Self = Self(0);

    /// Enters one kind, if this thread has none of it, and notes that.
    fn enter(&mut self, kind: u64, entry: &dyn Entry) {
        if !entry.is_present() {
            entry.enter();
            self.0 |= kind;
        }
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

    /// Calls `f`, which calls functions of an [`Ambient`]: inside another such call it does nothing.
    fn by(f: impl FnOnce()) -> Self {
        let called = unless_nested(|| panic::catch_unwind(AssertUnwindSafe(f)));
        called.and_then(Result::err).map_or(Self::NONE, Self::with)
    }

    fn with(payload: Box<dyn Any + Send>) -> Self {
        Self(Some(Mutex::new(payload)))
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// The first of two. The other is of no concern to anybody.
    pub(crate) fn or(self, other: Self) -> Self {
        if self.is_none() {
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
    pub(crate) fn resume(self) {
        if let Some(payload) = self.0 {
            panic::resume_unwind(payload.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Goes on with the panic, from a destructor. While another panic unwinds, nobody could catch it: then the hook has
    /// reported it, and that is all.
    pub(crate) fn resume_in_drop(self) {
        if thread::panicking() {
            self.discard();
        } else {
            self.resume();
        }
    }
}
