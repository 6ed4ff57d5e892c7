//! A thousand variables, and the contexts in which some of them are bound.

use contextvars::{Context, ContextVar, context_var};
use std::time::Duration;

/// Bound before all others.
#[context_var]
pub(crate) static FIRST: u64 = 0;
/// Bound after all others.
#[context_var]
pub(crate) static LAST: u64 = 0;
/// Not bound, unless the operation does it.
#[context_var]
pub(crate) static LOOSE: u64 = 0;
/// The same without a default.
#[context_var]
pub(crate) static MISSING: u64;
/// Bound beside the others where it is read.
#[context_var]
pub(crate) static TEXT: String = String::new();
/// The same.
#[context_var]
pub(crate) static COUNTED: Counted = Counted(0);

/// A value whose `Clone` is user code, for all that the variable knows.
pub(crate) struct Counted(pub(crate) u64);

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

macro_rules! other {
    () => {{
        #[context_var]
        static OTHER: u64;
        &OTHER
    }};
}
macro_rules! ten {
    ($item:ident) => {
        [
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
            $item!(),
        ]
    };
}
macro_rules! ten_others {
    () => {
        ten!(other)
    };
}
macro_rules! hundred_others {
    () => {
        ten!(ten_others)
    };
}

type Other = &'static ContextVar<u64>;
static OTHERS: [[[Other; 10]; 10]; 10] = ten!(hundred_others);

fn others(n: usize) -> &'static [Other] {
    &OTHERS.as_flattened().as_flattened()[..n]
}

/// Binds all variables, in order: what a variable gets at its first binding is not part of any measurement.
pub(crate) fn bind_all_once() {
    Bound::Set(1000).around(&mut || {
        TEXT.set(String::new());
        COUNTED.set(Counted(0));
        LOOSE.set(0);
        MISSING.set(0);
    });
}

/// How many variables are bound, and how: in one context by `set`, or by nested scopes.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    Set(usize),
    Scopes(usize),
    /// By `set`, the last one by this function.
    Also(usize, fn()),
}

impl Bound {
    /// Calls `f` with the variables bound: the first, the others, the last.
    pub(crate) fn around(self, f: &mut dyn FnMut()) {
        match self {
            Self::Set(n) => Context::new().run(|| {
                if n > 0 {
                    FIRST.set(1);
                }
                if n > 1 {
                    for (other, value) in others(n - 2).iter().zip(2..) {
                        other.set(value);
                    }
                    LAST.set(n as u64);
                }
                f();
            }),
            Self::Also(n, bind) => Self::Set(n - 1).around(&mut || {
                bind();
                f();
            }),
            Self::Scopes(0) => f(),
            Self::Scopes(1) => FIRST.sync_scope(1, f),
            Self::Scopes(n) => FIRST.sync_scope(1, || nested(others(n - 2), f)),
        }
    }

    /// A measurement in which the variables are bound around the timed loop.
    pub(crate) fn timed(self, mut run: impl FnMut(u64) -> Duration) -> impl FnMut(u64) -> Duration {
        move |n| {
            let mut took = Duration::ZERO;
            self.around(&mut || took = run(n));
            took
        }
    }

    /// The name of a subject, with what is special about it.
    pub(crate) fn named(self, what: &str) -> String {
        let comma = if what.is_empty() { "" } else { ", " };
        match self {
            Self::Set(n) | Self::Also(n, _) => format!("contextvars, {n} bound{comma}{what}"),
            Self::Scopes(n) => format!("contextvars, {n} by scopes{comma}{what}"),
        }
    }
}

fn nested(others: &[Other], f: &mut dyn FnMut()) {
    match others.split_first() {
        Some((other, rest)) => other.sync_scope(2, || nested(rest, f)),
        None => LAST.sync_scope(3, f),
    }
}
