//! Contexts by hand: what the rules say, told with plain values that bodies pass on, and without a thread-local.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::program::Var;

/// What is bound, each time to a number of its own.
pub(crate) type Env = BTreeMap<Var, u64>;

/// What a capture or a snapshot takes along of it.
pub(crate) fn inherited(mut env: Env) -> Env {
    env.retain(|var, _| !var.is_local());
    env
}

/// What stays.
fn local(mut env: Env) -> Env {
    env.retain(|var, _| var.is_local());
    env
}

/// A number higher than all before.
pub(crate) fn next() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(1);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// A context that runs.
#[derive(Debug)]
pub(crate) struct Owner {
    home: u64,
    now: Mutex<Now>,
}

#[derive(Debug)]
struct Now {
    /// The numbers that its tokens bear, and those of local variables.
    tokens: [u64; 2],
    env: Env,
}

impl Owner {
    pub(crate) fn new(env: Env) -> Arc<Self> {
        let tokens = [next(), next()];
        let now = Mutex::new(Now { tokens, env });
        Arc::new(Self { home: next(), now })
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn env(&self) -> Env {
        self.now().env.clone()
    }
}

thread_local! {
    static IN_ORDER: RefCell<Option<MutexGuard<'static, ()>>> = const { RefCell::new(None) };
}

/// Nobody else makes anything outside, until this is dropped or a body starts to run.
pub(crate) struct InOrder;

impl InOrder {
    pub(crate) fn ends() {
        drop(IN_ORDER.take());
    }
}

impl Drop for InOrder {
    fn drop(&mut self) {
        Self::ends();
    }
}

/// Where a body is polled, called or dropped.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) owner: Option<Arc<Owner>>,
    /// What the wrappers around it say, from inside out.
    pub(crate) around: Vec<Say>,
}

impl Place {
    pub(crate) fn outside() -> Self {
        Self {
            owner: None,
            around: Vec::new(),
        }
    }

    pub(crate) fn env(&self) -> Env {
        self.owner.as_ref().map(|owner| owner.env()).unwrap_or_default()
    }

    /// What whoever is called, or first polled, here finds bound beside what it has captured.
    pub(crate) fn locals(&self) -> Env {
        local(self.env())
    }

    /// The same place on the stack, in another context.
    pub(crate) fn within(&self, owner: Arc<Owner>) -> Self {
        Self {
            owner: Some(owner),
            around: self.around.clone(),
        }
    }

    /// In an explicit context, through which nothing passes.
    pub(crate) fn explicitly(owner: Arc<Owner>) -> Self {
        Self {
            owner: Some(owner),
            around: Vec::new(),
        }
    }

    /// Outside every context all threads count together: what is made there for real and by hand is made by one at a time,
    /// so that both counts come to the same order.
    pub(crate) fn in_order(&self) -> InOrder {
        static ORDER: Mutex<()> = Mutex::new(());
        if self.owner.is_none() {
            let lock = ORDER.lock().unwrap_or_else(PoisonError::into_inner);
            IN_ORDER.set(Some(lock));
        }
        InOrder
    }

    /// What is captured here and now.
    pub(crate) fn capture(&self) -> Capture {
        Capture {
            origin: self.origin(),
            env: inherited(self.env()),
        }
    }

    /// What a closure captures here and now: nobody adds to it, and it brings no local variable.
    pub(crate) fn bound_capture(&self) -> Capture {
        Capture {
            origin: Origin::sealed(),
            env: inherited(self.env()),
        }
    }

    /// Where and when a capture is taken or a wrapper is made here and now.
    pub(crate) fn origin(&self) -> Origin {
        let home = self.owner.as_ref().map_or(Home::Outside, |owner| Home::In(owner.home));
        Origin { home, time: next() }
    }

    /// Binds or unbinds, where there is an owner to write to.
    pub(crate) fn rebind(&self, var: Var, value: Option<u64>) -> Option<Token> {
        let mut now = self.owner.as_ref()?.now();
        Some(Token {
            var,
            tokens: now.tokens[usize::from(var.is_local())],
            old: put(&mut now.env, var, value),
        })
    }

    /// Whether the token could be reset here, and now is.
    pub(crate) fn reset(&self, token: &Token) -> bool {
        let Some(owner) = &self.owner else { return false };
        let mut now = owner.now();
        let own = now.tokens[usize::from(token.var.is_local())] == token.tokens;
        if own {
            put(&mut now.env, token.var, token.old);
        }
        own
    }
}

fn put(env: &mut Env, var: Var, value: Option<u64>) -> Option<u64> {
    match value {
        Some(value) => env.insert(var, value),
        None => env.remove(&var),
    }
}

#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) var: Var,
    tokens: u64,
    pub(crate) old: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Home {
    /// Of captures that nobody adds to: they have been given an explicit context.
    Sealed,
    Outside,
    In(u64),
}

/// When a capture was taken or a wrapper was made, and in which context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    home: Home,
    time: u64,
}

impl Origin {
    fn sealed() -> Self {
        Self {
            home: Home::Sealed,
            time: next(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Capture {
    pub(crate) origin: Origin,
    pub(crate) env: Env,
}

/// What a wrapper says to the futures inside it.
#[derive(Clone, Debug)]
pub(crate) struct Say {
    origin: Origin,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    Base(Env),
    Bind(Var, u64),
    /// Captures in `home` until then count as taken at the origin: a fn that returns a future has made them.
    Begun {
        home: u64,
        until: u64,
        /// What was bound before to the variables that the fn has written.
        found: BTreeMap<Var, Option<u64>>,
    },
}

impl Capture {
    /// What a fn or a closure that captured this finds when it is called in `place`. Whatever is a closure's, local variables
    /// of others are not.
    pub(crate) fn starts_in(&self, place: &Place) -> Env {
        let mut env = self.env.clone();
        if self.origin.home != Home::Sealed {
            env.extend(place.locals());
        }
        env
    }

    /// Where a fn or a closure that captured this runs when it is called in `place`.
    pub(crate) fn place_of_call(&self, place: &Place, owner: Arc<Owner>) -> Place {
        if self.origin.home == Home::Sealed {
            Place::explicitly(owner)
        } else {
            place.within(owner)
        }
    }

    /// R4: what the wrappers around make of it, if they apply.
    fn heard(&self, around: &[Say]) -> Option<Env> {
        let mut origin = self.origin;
        let mut base = None;
        let mut binds = Vec::new();
        let mut own = Env::new();
        let mut none = Vec::new();
        for say in around {
            if origin.home == Home::Sealed {
                break;
            }
            let applies = say.origin.home == origin.home && say.origin.time > origin.time;
            match &say.change {
                Change::Begun { home, until, found } if origin.home == Home::In(*home) && origin.time <= *until => {
                    for (var, found) in found {
                        match self.env.get(var) {
                            now if now == found.as_ref() => {}
                            Some(now) => drop(own.insert(*var, *now)),
                            None => none.push(*var),
                        }
                    }
                    origin = say.origin;
                }
                Change::Base(env) => {
                    base = applies.then(|| env.clone());
                    origin = Origin::sealed();
                }
                Change::Bind(var, _) if own.contains_key(var) || none.contains(var) => {}
                Change::Bind(var, value) if applies => binds.push((*var, *value)),
                _ => {}
            }
        }
        (base.is_some() || !binds.is_empty()).then(|| {
            let mut env = base.unwrap_or_else(|| self.env.clone());
            env.extend(own);
            env.retain(|var, _| !none.contains(var));
            env.extend(binds.into_iter().rev());
            env
        })
    }
}

/// How a future with a context of its own starts.
#[derive(Debug)]
pub(crate) struct Plan {
    capture: Capture,
    role: Role,
}

#[derive(Debug)]
enum Role {
    Captured,
    Scope(Origin, Var, u64),
    InContext(Origin),
    Returned {
        owner: Arc<Owner>,
        until: u64,
        found: BTreeMap<Var, Option<u64>>,
        written: BTreeMap<Var, Option<u64>>,
    },
}

impl Plan {
    pub(crate) fn annotated(place: &Place) -> Self {
        Self {
            capture: place.capture(),
            role: Role::Captured,
        }
    }

    pub(crate) fn fresh(place: &Place) -> Self {
        let mut plan = Self::annotated(place);
        plan.capture.env.clear();
        plan.capture.origin = Origin::sealed();
        plan
    }

    pub(crate) fn scope(place: &Place, var: Var, value: u64) -> Self {
        let wrapper = place.origin();
        Self {
            capture: place.capture(),
            role: Role::Scope(wrapper, var, value),
        }
    }

    pub(crate) fn in_context(place: &Place, env: Env) -> Self {
        let origin = Origin::sealed();
        Self {
            capture: Capture { origin, env },
            role: Role::InContext(place.origin()),
        }
    }

    /// Of a call that has captured, has run in `owner` from what was bound `before`, and has returned a future.
    pub(crate) fn returned(capture: Capture, before: &Env, owner: Arc<Owner>) -> Self {
        let env = owner.env();
        let of = |var| (before.get(&var) != env.get(&var)).then(|| (var, env.get(&var).copied()));
        let written: BTreeMap<_, _> = Var::ALL.into_iter().filter_map(of).collect();
        let role = Role::Returned {
            owner,
            until: next(),
            found: written.keys().map(|var| (*var, before.get(var).copied())).collect(),
            written,
        };
        Self { capture, role }
    }

    /// The context that the future has from its first poll on, which is here.
    pub(crate) fn start(&self, here: &Place) -> Arc<Owner> {
        let heard = self.capture.heard(&here.around);
        let anew = heard.is_some();
        let mut env = heard.unwrap_or_else(|| self.capture.env.clone());
        env.extend(here.locals());
        match &self.role {
            Role::Captured | Role::InContext(_) => {}
            Role::Scope(_, var, value) => drop(env.insert(*var, *value)),
            Role::Returned { owner, written, .. } => {
                for (var, value) in written {
                    put(&mut env, *var, *value);
                }
                let bindings = if anew { next() } else { owner.now().tokens[0] };
                let tokens = [bindings, next()];
                *owner.now() = Now { tokens, env };
                return Arc::clone(owner);
            }
        }
        Owner::new(env)
    }

    /// What the wrappers say to those inside this one, itself included.
    pub(crate) fn around(&self, outer: Vec<Say>) -> Vec<Say> {
        let is_explicit = self.capture.origin.home == Home::Sealed;
        let outer = if is_explicit { Vec::new() } else { outer };
        self.say().into_iter().chain(outer).collect()
    }

    fn say(&self) -> Option<Say> {
        let origin = self.capture.origin;
        Some(match &self.role {
            Role::Captured => return None,
            Role::Scope(_, var, _) if var.is_local() => return None,
            Role::Scope(origin, var, value) => Say {
                origin: *origin,
                change: Change::Bind(*var, *value),
            },
            Role::InContext(origin) => Say {
                origin: *origin,
                change: Change::Base(self.capture.env.clone()),
            },
            Role::Returned {
                owner, until, found, ..
            } => Say {
                origin,
                change: Change::Begun {
                    home: owner.home,
                    until: *until,
                    found: found.clone(),
                },
            },
        })
    }
}
