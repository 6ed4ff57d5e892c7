//! What one capture carries, and how it is entered and left.

use super::reentrancy::unless_nested;
use super::state::Ambient;
use std::any::Any;
use std::panic::{self, AssertUnwindSafe, RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a capture carries: something of at least one kind. 16 bytes; clones share it.
#[derive(Clone)]
pub(crate) struct Carried(Arc<dyn Entry>);

/// One kind of what is carried, and the others, which are entered after it.
pub(super) trait Entry: Send + Sync {
    /// Goes on with the panic of [`Ambient::capture`], if that is what was captured.
    fn raise(&self) {}
    fn is_present(&self) -> bool;
    fn enter(&self);
    fn exit(&self);
    fn others(&self) -> Option<&Carried>;
}

/// What was captured of the kind `A`.
pub(super) struct Captured<A> {
    pub(super) ambient: A,
    pub(super) others: Option<Carried>,
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

/// The panic of an [`Ambient::capture`]. Polls and calls go on with it. It is of no concern to a destructor.
pub(super) struct Panic {
    payload: Mutex<Option<Payload>>,
    others: Option<Carried>,
}

/// What a panic says.
type Payload = Box<dyn Any + Send>;

impl Panic {
    pub(super) fn new(payload: Payload, others: Option<Carried>) -> Self {
        let payload = Mutex::new(Some(payload));
        Self { payload, others }
    }
}

impl Entry for Panic {
    fn raise(&self) {
        let payload = self.payload.lock().unwrap_or_else(PoisonError::into_inner).take();
        panic::resume_unwind(payload.unwrap_or_else(|| Box::new("`Ambient::capture` panicked")));
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
    pub(super) fn new(entry: impl Entry + 'static) -> Self {
        Self(Arc::new(entry))
    }

    /// Enters each kind that this thread has none of, until the result is dropped.
    ///
    /// # Panics
    ///
    /// If a function of an [`Ambient`] panics, or [`Ambient::capture`] has. What was entered is left again.
    pub(crate) fn enter(&self) -> Entered<'_> {
        let mut entered = Entered(self, Kinds::NONE);
        self.enter_noting(&mut entered.1);
        entered
    }

    /// The same, and notes at once what is entered: so the caller leaves it if this panics.
    pub(crate) fn enter_noting(&self, entered: &mut Kinds) {
        unless_nested(|| self.enter_each(entered, |kind| kind.raise()));
    }

    /// The same for a destructor, which must go on whatever happens. Returns the panic, for [`raise`].
    pub(crate) fn enter_to_drop(&self, entered: &mut Kinds) -> Raised {
        let each = AssertUnwindSafe(|| self.enter_each(entered, |_| {}));
        Raised(unless_nested(|| panic::catch_unwind(each).err()).flatten())
    }

    /// Calls `f`, which drops something, with each kind entered that this thread has none of. A panic of that goes on when
    /// `f` is done.
    pub(crate) fn within_drop(&self, f: impl FnOnce()) {
        let mut entered = Entered(self, Kinds::NONE);
        let raised = self.enter_to_drop(&mut entered.1);
        f();
        drop(entered);
        raised.go_on();
    }

    fn enter_each(&self, entered: &mut Kinds, before: impl Fn(&dyn Entry)) {
        let mut kind = Kinds::FIRST;
        let mut next = Some(self);
        while let Some(Self(entry)) = next {
            before(&**entry);
            if !entry.is_present() {
                entry.enter();
                entered.0 |= kind;
            }
            kind <<= 1;
            next = entry.others();
        }
    }

    /// Leaves what was entered, the last first. All of it, whatever panics. Returns the first panic.
    pub(crate) fn exit(&self, entered: Kinds) -> Raised {
        if entered.0 == 0 {
            return Raised::NOTHING;
        }
        let mut panic = None;
        unless_nested(|| self.exit_each(entered.0, &mut panic));
        Raised(panic)
    }

    fn exit_each(&self, entered: u64, panic: &mut Option<Payload>) {
        if let Some(others) = self.0.others().filter(|_| entered > Kinds::FIRST) {
            others.exit_each(entered >> 1, panic);
        }
        if entered & Kinds::FIRST != 0 {
            let raised = panic::catch_unwind(AssertUnwindSafe(|| self.0.exit())).err();
            *panic = panic.take().or(raised);
        }
    }
}

/// Which kinds of a [`Carried`] are entered: a bit for each.
#[derive(Clone, Copy)]
pub(crate) struct Kinds(u64);

impl Kinds {
    const FIRST: u64 = 1;

    pub(crate) const NONE: Self = Self(0);
}

/// What is carried, entered until this is dropped.
#[must_use]
pub(crate) struct Entered<'a>(&'a Carried, Kinds);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.exit(self.1).go_on();
    }
}

/// The panic of a function of an [`Ambient`], if one panicked.
#[must_use]
pub(crate) struct Raised(Option<Payload>);

impl Raised {
    pub(crate) const NOTHING: Self = Self(None);

    /// The first of two.
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }

    /// Goes on with the panic. While another unwinds, nobody could catch it: then the hook has reported it, and that is all.
    pub(crate) fn go_on(self) {
        match self.0 {
            Some(payload) if !thread::panicking() => panic::resume_unwind(payload),
            _ => {}
        }
    }
}
