//! The variables: twenty of them, which is too many for one level of a context's map.

use std::cell::RefCell;

use contextvars::{Context, ContextVar, Guard, InContext, Token, WithDefault, context_var};

use crate::{badge::Badge, carrier::Carrier, stamp::Stamp};

/// One of the variables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable(usize);

/// What each of the variables reads.
pub(crate) type View = [Stamp; Variable::COUNT];

pub(crate) const NOTHING: View = [Stamp::NOBODYS; Variable::COUNT];

/// What the variables read now.
pub(crate) fn view() -> View {
    std::array::from_fn(|number| Variable(number).read())
}

/// What they read in a snapshot.
pub(crate) fn view_in(snapshot: &Context) -> View {
    std::array::from_fn(|number| Variable(number).read_in(snapshot))
}

enum Key {
    Plain(&'static ContextVar<Badge>),
    Defaulted(&'static ContextVar<Badge, WithDefault>),
}

macro_rules! variables {
    (plain: $($plain:ident)*; defaulted: $($defaulted:ident)*) => {
        $(#[context_var] static $plain: Badge;)*
        $(#[context_var] static $defaulted: Badge = Badge::nobodys();)*

        static KEYS: [Key; Variable::COUNT] = [$(Key::Plain(&$plain),)* $(Key::Defaulted(&$defaulted),)*];
    };
}

variables! {
    plain: USER TENANT REQUEST SESSION TRACE SPAN ROLE PEER ROUTE BASKET;
    defaulted: LOCALE REGION DEPTH ATTEMPT BUDGET THEME CURRENCY DEADLINE LEVEL MODE
}

thread_local! {
    /// What the variables are where they belong to the thread.
    static THREAD: RefCell<[Option<Badge>; Variable::COUNT]> = const { RefCell::new([const { None }; Variable::COUNT]) };
}

macro_rules! on {
    ($variable:expr, $key:ident => $call:expr) => {
        match &KEYS[$variable.0] {
            Key::Plain($key) => $call,
            Key::Defaulted($key) => $call,
        }
    };
}

impl Variable {
    pub(crate) const COUNT: usize = 20;

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    pub(crate) fn numbered(number: usize) -> Self {
        Self(number)
    }

    pub(crate) fn number(self) -> usize {
        self.0
    }

    pub(crate) fn name(self) -> &'static str {
        on!(self, key => key.name())
    }

    pub(crate) fn read(self) -> Stamp {
        match Carrier::installed() {
            Carrier::ContextVars => on!(self, key => key.try_with(stamp_of)),
            Carrier::ThreadLocal => THREAD.with_borrow(|badges| stamp_of(badges[self.0].as_ref())),
        }
    }

    /// Reads a clone of the value.
    pub(crate) fn read_clone(self) -> Stamp {
        match Carrier::installed() {
            Carrier::ContextVars => on!(self, key => stamp_of(key.try_get().as_ref())),
            Carrier::ThreadLocal => self.read(),
        }
    }

    fn read_in(self, snapshot: &Context) -> Stamp {
        on!(self, key => stamp_of(snapshot.get(key)))
    }

    pub(crate) fn set(self, badge: Badge) -> Undo {
        match Carrier::installed() {
            Carrier::ContextVars => Undo::Token(on!(self, key => key.set(badge))),
            Carrier::ThreadLocal => Undo::Thread(self.replace(Some(badge))),
        }
    }

    pub(crate) fn unset(self) -> Undo {
        match Carrier::installed() {
            Carrier::ContextVars => Undo::Token(on!(self, key => key.unset())),
            Carrier::ThreadLocal => Undo::Thread(self.replace(None)),
        }
    }

    /// Gives `undo` back if it is not this context's.
    pub(crate) fn reset(self, undo: Undo) -> Result<(), Undo> {
        match undo {
            Undo::Token(token) => on!(self, key => key.reset(token)).map_err(|error| Undo::Token(error.into_token())),
            Undo::Thread(before) => {
                drop(self.replace(before));
                Ok(())
            }
        }
    }

    pub(crate) fn hold(self, undo: Undo) -> Hold {
        match undo {
            Undo::Token(token) => Hold::Guard(token.guard()),
            Undo::Thread(before) => Hold::Thread(self, before),
        }
    }

    /// Whether a write is refused. A thread takes any, which is no news.
    pub(crate) fn refuses(self, badge: Badge) -> bool {
        match Carrier::installed() {
            Carrier::ContextVars => on!(self, key => key.try_set(badge)).is_err(),
            Carrier::ThreadLocal => true,
        }
    }

    pub(crate) fn scope<F>(self, badge: Badge, future: F) -> InContext<F> {
        on!(self, key => key.scope(badge, future))
    }

    pub(crate) fn sync_scope<R>(self, badge: Badge, f: impl FnOnce() -> R) -> R {
        on!(self, key => key.sync_scope(badge, f))
    }

    pub(crate) fn bound_in(self, context: &Context, badge: Badge) -> Context {
        on!(self, key => context.with(key, badge))
    }

    pub(crate) fn unbound_in(self, context: &Context) -> Context {
        on!(self, key => context.without(key))
    }

    fn replace(self, badge: Option<Badge>) -> Option<Badge> {
        THREAD.with_borrow_mut(|badges| std::mem::replace(&mut badges[self.0], badge))
    }
}

fn stamp_of(badge: Option<&Badge>) -> Stamp {
    badge.map_or(Stamp::NOBODYS, Badge::stamp)
}

/// What `reset` needs.
#[derive(Debug)]
pub(crate) enum Undo {
    Token(Token<Badge>),
    Thread(Option<Badge>),
}

/// Resets its variable when it is dropped.
#[derive(Debug)]
pub(crate) enum Hold {
    Guard(#[expect(dead_code, reason = "held, not read")] Guard<Badge>),
    Thread(Variable, Option<Badge>),
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Self::Thread(variable, before) = self {
            drop(variable.replace(before.take()));
        }
    }
}
