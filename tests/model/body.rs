//! A body: what it holds for real and by hand, and the check that both are the same.

use std::any::Any;
use std::collections::VecDeque;
use std::fmt::Debug;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contextvars::{Context, Guard, ResetError, Token};
use futures::future::BoxFuture;

use crate::by_hand::{self, Env, Owner, Place, inherited, next};
use crate::executor::Task;
use crate::future::{Made, Slot};
use crate::program::{Nth, Var};
use crate::value::Value;

/// What the bodies of a program share.
#[derive(Default)]
pub(crate) struct Board {
    /// Held by each value of the program that is alive.
    pub(crate) alive: Arc<()>,
    failures: Mutex<Vec<String>>,
    pub(crate) queue: Mutex<VecDeque<Made>>,
    pub(crate) tasks: Mutex<Vec<Task<()>>>,
    pub(crate) joining: Mutex<Vec<BoxFuture<'static, ()>>>,
}

/// The payload of a panic that is part of a program, and through how many more catches it unwinds.
pub(crate) struct Expected(pub(crate) u8);

pub(crate) type Payload = Box<dyn Any + Send>;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Board {
    pub(crate) fn fail(&self, what: String) {
        lock(&self.failures).push(what);
    }

    pub(crate) fn failures(&self) -> Vec<String> {
        lock(&self.failures).clone()
    }

    /// Notes a panic that is no part of the program. Gives back what is to go on unwinding.
    pub(crate) fn caught(&self, payload: Payload) -> Option<Payload> {
        match payload.downcast::<Expected>() {
            Ok(expected) => Some(Box::new(Expected(expected.0.checked_sub(1)?))),
            Err(payload) => {
                let text = payload.downcast_ref::<String>().map(String::as_str);
                let text = text.or(payload.downcast_ref::<&str>().copied());
                self.fail(format!("a panic: {}", text.unwrap_or("of some kind")));
                None
            }
        }
    }
}

/// The `n`th of a list, round and round; the highest `n` is always the last.
pub(crate) fn nth<T>(list: &mut Vec<T>, n: Nth) -> Option<T> {
    let round = usize::from(n).checked_rem(list.len())?;
    let at = if n == Nth::MAX { list.len() - 1 } else { round };
    Some(list.remove(at))
}

/// A closure that carries the context that it was bound in.
pub(crate) struct Closure {
    pub(crate) slot: Slot,
    pub(crate) env: Env,
    pub(crate) call: Call,
}

pub(crate) enum Call {
    Once(Box<dyn FnOnce() + Send>),
    Many(Box<dyn Fn() + Send + Sync>),
}

/// All that a body holds, each thing for real and by hand.
pub(crate) struct Me {
    pub(crate) board: Arc<Board>,
    pub(crate) slot: Slot,
    pub(crate) contexts: Vec<(Context, Env)>,
    pub(crate) futures: Vec<Made>,
    pub(crate) closures: Vec<Closure>,
    pub(crate) tasks: Vec<Task<()>>,
    tokens: Vec<(Token<Value>, by_hand::Token)>,
}

impl Me {
    pub(crate) fn new(board: &Arc<Board>, slot: &Slot) -> Self {
        Self {
            board: Arc::clone(board),
            slot: slot.clone(),
            contexts: Vec::new(),
            futures: Vec::new(),
            closures: Vec::new(),
            tasks: Vec::new(),
            tokens: Vec::new(),
        }
    }

    /// What a body has that is made by this one: its snapshots, and one of its tokens.
    pub(crate) fn child(&mut self, slot: &Slot) -> Self {
        let mut child = Self::new(&self.board, slot);
        child.contexts.clone_from(&self.contexts);
        child.tokens.extend(self.tokens.pop());
        child
    }

    /// Takes a few of its futures.
    pub(crate) fn some(&mut self, n: Nth) -> Vec<Made> {
        let count = usize::from(n % 3 + 1).min(self.futures.len());
        self.futures.drain(..count).collect()
    }

    pub(crate) fn place(&self) -> Place {
        self.slot.get().expect("whoever polls, calls or drops says where")
    }

    pub(crate) fn value(&self, number: u64) -> Value {
        Value::new(number, &self.board.alive)
    }

    /// Says where the context for real and the one by hand differ.
    pub(crate) fn check(&self, when: &dyn Debug) {
        let place = self.place();
        let current = Context::current();
        self.compare(when, &place.env(), |var| var.real().get());
        self.compare(when, &inherited(place.env()), |var| current.get(var.real()).cloned());
        for (context, env) in &self.contexts {
            self.compare(&"in a snapshot", env, |var| context.get(var.real()).cloned());
        }
    }

    fn compare(&self, when: &dyn Debug, env: &Env, get: impl Fn(Var) -> Option<Value>) {
        for var in Var::ALL {
            let real = get(var).map(|value| value.number);
            let by_hand = env.get(&var).copied();
            if real != by_hand {
                self.board
                    .fail(format!("{when:?}: {var:?} is {real:?}, by hand {by_hand:?}"));
            }
        }
    }

    fn agree(&self, when: &str, real: Option<u64>, by_hand: Option<u64>) {
        if real != by_hand {
            self.board.fail(format!("{when}: {real:?}, by hand {by_hand:?}"));
        }
    }

    /// Sets or unsets; there is a token where there is an owner.
    pub(crate) fn rebind(&self, var: Var, number: Option<u64>) -> Option<(Token<Value>, by_hand::Token)> {
        let by_hand = self.place().rebind(var, number);
        let real = match number {
            Some(number) => match var.real().try_set(self.value(number)) {
                Ok(token) => Some(token),
                Err(refused) => {
                    self.agree("a value given back", Some(refused.into_value().number), Some(number));
                    None
                }
            },
            None => var.real().try_unset().ok(),
        };
        self.agree("a token", real.as_ref().map(|_| 0), by_hand.as_ref().map(|_| 0));
        let both = real.zip(by_hand)?;
        self.agree("an old value", both.0.old_value().map(|old| old.number), both.1.old);
        Some(both)
    }

    pub(crate) fn keep(&mut self, var: Var, number: Option<u64>) {
        let token = self.rebind(var, number);
        self.tokens.extend(token);
    }

    pub(crate) fn reset(&mut self, n: Nth, var: Var) {
        let Some((real, by_hand)) = nth(&mut self.tokens, n) else {
            return;
        };
        let same = by_hand.var == var;
        let own = same && self.place().reset(&by_hand);
        let refused = match (var.real().reset(real), same, own) {
            (Ok(()), _, true) => return,
            (Err(ResetError::DifferentVariable(token)), false, _)
            | (Err(ResetError::DifferentContext(token)), true, false) => token,
            (outcome, ..) => return self.board.fail(format!("a reset: {outcome:?}, by hand {same} {own}")),
        };
        self.tokens.push((refused, by_hand));
    }

    pub(crate) fn drop_token(&mut self, n: Nth) {
        drop(nth(&mut self.tokens, n));
    }

    pub(crate) fn guard(&self, var: Var) -> Option<Guarded> {
        let (real, by_hand) = self.rebind(var, Some(next()))?;
        Some(Guarded {
            real: Some(real.guard()),
            by_hand,
            slot: self.slot.clone(),
        })
    }

    /// Runs `enter`, which is to call back in the context of this owner.
    pub(crate) fn call(&mut self, owner: Arc<Owner>, enter: impl FnOnce(&mut Self)) {
        self.call_at(self.place().within(owner), enter);
    }

    pub(crate) fn call_at(&mut self, inside: Place, enter: impl FnOnce(&mut Self)) {
        let place = self.place();
        self.slot.set(Some(inside));
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| enter(self)));
        self.slot.set(Some(place));
        self.go_on(outcome);
    }

    /// Goes on unwinding where a panic is to go further.
    pub(crate) fn go_on(&self, outcome: Result<(), Payload>) {
        if let Some(payload) = outcome.err().and_then(|payload| self.board.caught(payload)) {
            panic::resume_unwind(payload);
        }
    }
}

impl Drop for Me {
    fn drop(&mut self) {
        self.check(&"in a destructor");
        lock(&self.board.tasks).append(&mut self.tasks);
        let place = self.slot.get();
        for made in self.futures.drain(..) {
            made.drop_at(place.clone());
        }
        for closure in self.closures.drain(..) {
            closure.slot.set(place.clone());
        }
    }
}

/// A guard, and the same by hand.
pub(crate) struct Guarded {
    real: Option<Guard<Value>>,
    by_hand: by_hand::Token,
    slot: Slot,
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.real.take());
        let place = self.slot.get().expect("whoever drops says where");
        place.reset(&self.by_hand);
    }
}
