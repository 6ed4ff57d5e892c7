//! What is bound around an operation, and reads with that bound.

use super::variables::{Kind, Place, Position, READS, Variable};
use crate::harness::timing::{PLACES, in_turn, time_unknown};
use contextvars::Context;
use std::time::Duration;

/// So many variables are bound, by `set` or by nested scopes, and the operation's own is among them or not.
///
/// Their numbers were given out one after another.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    n: usize,
    by: By,
    own: Own,
}

#[derive(Clone, Copy, PartialEq)]
enum By {
    Set,
    Scopes,
}

#[derive(Clone, Copy)]
enum Own {
    /// It has the number before theirs.
    NotBound,
    First,
    Last,
    /// Bound last. Its number is so far from the others', and so like one of them in its low bits, that it can't lie in
    /// one small node with them.
    Far,
}

/// How far that is.
const FAR: usize = 128;

impl Bound {
    pub(crate) const fn set(n: usize) -> Self {
        Self {
            n,
            by: By::Set,
            own: Own::NotBound,
        }
    }

    pub(crate) const fn scopes(n: usize) -> Self {
        Self {
            n,
            by: By::Scopes,
            own: Own::NotBound,
        }
    }

    /// Its own variable is bound before all others.
    pub(crate) const fn first(self) -> Self {
        Self {
            own: Own::First,
            ..self
        }
    }

    /// Its own variable is bound after all others.
    pub(crate) const fn last(self) -> Self {
        Self { own: Own::Last, ..self }
    }

    /// Its own variable is bound after all others, and is far from them.
    pub(crate) const fn far(self) -> Self {
        Self { own: Own::Far, ..self }
    }

    pub(crate) fn is_by_scopes(self) -> bool {
        self.by == By::Scopes
    }

    /// The variables to bind, where the operation's own stands at `position`.
    fn variables(self, position: Position) -> Vec<&'static dyn Variable> {
        let from = |start: Position, n| start.onwards().take(n);
        match self.own {
            Own::NotBound => from(position.after(1), self.n).collect(),
            Own::First => from(position, self.n).collect(),
            Own::Last => from(position.before(self.n - 1), self.n).collect(),
            Own::Far => from(position.after(FAR), self.n - 1).chain(from(position, 1)).collect(),
        }
    }

    /// A context in which the variables are bound.
    pub(crate) fn context(self, position: Position) -> Context {
        let mut context = Context::new();
        context.run(|| self.variables(position).into_iter().for_each(Variable::bind));
        context
    }

    /// Calls `f` with the variables bound.
    pub(crate) fn around(self, position: Position, f: &mut dyn FnMut()) {
        match self.by {
            By::Set => self.context(position).run(f),
            By::Scopes => nested(&self.variables(position), f),
        }
    }

    /// A measurement in which the variables are bound around the timed loop, whose own is `VAR`.
    pub(crate) fn timed(self, mut run: impl FnMut(u64) -> Duration) -> impl FnMut(u64) -> Duration {
        move |n| {
            let mut took = Duration::ZERO;
            self.around(Position::VAR, &mut || took = run(n));
            took
        }
    }

    /// A measurement of one of the functions that read, in each place in turn, with the variables bound around the place's
    /// own.
    pub(crate) fn reads<R: 'static>(
        self,
        kind: Kind,
        read: fn(&Place) -> fn() -> R,
    ) -> impl FnMut(u64) -> Duration + 'static {
        let mut contexts: Vec<Context> = Vec::new();
        move |n| {
            if contexts.is_empty() {
                contexts = self.contexts(kind);
            }
            in_turn(n, |place, n| {
                let mut took = Duration::ZERO;
                let mut run = || took = time_unknown(n, read(&READS[place]));
                if self.by == By::Scopes {
                    self.around(Position::of(place, kind), &mut run);
                } else {
                    contexts[place].run(run);
                }
                took
            })
        }
    }

    /// A context for each place.
    pub(crate) fn contexts(self, kind: Kind) -> Vec<Context> {
        (0..PLACES)
            .map(|place| self.context(Position::of(place, kind)))
            .collect()
    }

    /// The name of a subject, with what is special about it.
    pub(crate) fn named(self, what: &str) -> String {
        let comma = if what.is_empty() { "" } else { ", " };
        let how = match self.by {
            By::Set => "bound",
            By::Scopes => "by scopes",
        };
        format!("contextvars, {} {how}{comma}{what}", self.n)
    }
}

fn nested(variables: &[&'static dyn Variable], f: &mut dyn FnMut()) {
    match variables.split_first() {
        Some((variable, rest)) => variable.around(&mut || nested(rest, f)),
        None => f(),
    }
}

/// A measurement of one of the functions that read, where there is no context.
pub(crate) fn reads_in_no_context<R>(read: fn(&Place) -> fn() -> R) -> impl FnMut(u64) -> Duration {
    move |n| in_turn(n, |place, n| time_unknown(n, read(&READS[place])))
}

/// A measurement of one of the functions that read, in each place in turn, in copies of the contexts.
pub(crate) fn reads_in_copies<R>(
    contexts: &[Context],
    read: fn(&Place) -> fn() -> R,
) -> impl FnMut(u64) -> Duration + use<R> {
    let mut contexts = contexts.to_vec();
    move |n| {
        in_turn(n, |place, n| {
            contexts[place].run(|| time_unknown(n, read(&READS[place])))
        })
    }
}
