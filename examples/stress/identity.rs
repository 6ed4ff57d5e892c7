//! An identity: what a task has written into its variables, kept by hand beside the context that is
//! to show the same.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::{
    badge::Badge,
    dice::Dice,
    stamp::Stamp,
    tally::{Place, TALLY},
    variables::{Hold, NOTHING, Undo, Variable, View},
};

/// What a task is to see, before there is a task.
#[derive(Clone, Debug)]
pub(crate) struct Heir {
    view: Box<View>,
    dice: Dice,
}

impl Heir {
    /// One that is to see nothing.
    pub(crate) fn newcomer(dice: Dice) -> Self {
        Self {
            view: Box::new(NOTHING),
            dice,
        }
    }

    pub(crate) fn with(mut self, variable: Variable, stamp: Stamp) -> Self {
        self.view[variable.number()] = stamp;
        self
    }

    pub(crate) fn without(self, variable: Variable) -> Self {
        self.with(variable, Stamp::NOBODYS)
    }

    /// From here on the destructor looks: it has to run in the context that the task is to have.
    pub(crate) fn born(self) -> Identity {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Identity {
            task: LAST.fetch_add(1, Relaxed) + 1,
            writes: 0,
            view: self.view,
            dice: self.dice,
        }
    }
}

/// The expectation that a task carries. Nothing in it comes from a context.
///
/// It is dropped with its task, and looks whether the destructor sees what the task saw.
#[derive(Debug)]
pub(crate) struct Identity {
    task: u64,
    writes: u64,
    view: Box<View>,
    pub(crate) dice: Dice,
}

impl Drop for Identity {
    fn drop(&mut self) {
        self.check(Place::Destructor);
    }
}

impl Identity {
    /// An heir who is to see what this task sees now.
    pub(crate) fn heir(&mut self) -> Heir {
        Heir {
            view: self.view.clone(),
            dice: Dice::seeded([self.dice.next()]),
        }
    }

    pub(crate) fn fork(&mut self) -> Self {
        self.heir().born()
    }

    /// Somebody who is to see nothing of this task.
    pub(crate) fn stranger(&mut self) -> Self {
        Heir::newcomer(Dice::seeded([self.dice.next()])).born()
    }

    /// An heir to whom a variable is left with another value, which somebody has to bind.
    pub(crate) fn bequeath(&mut self, heir: Heir) -> (Variable, Badge, Heir) {
        let (variable, stamp) = (self.any_variable(), self.next_stamp());
        (variable, Badge::new(stamp), heir.with(variable, stamp))
    }

    /// Every variable must read what this task has put there, and nothing where it has put nothing.
    pub(crate) fn check(&self, place: Place) {
        for variable in Variable::all() {
            self.compare(place, variable, variable.read());
        }
        TALLY.add_checks(place, Variable::COUNT);
    }

    /// The same for a view that was taken elsewhere.
    pub(crate) fn check_view(&self, place: Place, seen: &View) {
        for variable in Variable::all() {
            self.compare(place, variable, seen[variable.number()]);
        }
        TALLY.add_checks(place, Variable::COUNT);
    }

    /// What a raw task finds on the thread: nothing, and it may not write.
    pub(crate) fn check_refusal(&mut self, place: Place) {
        let variable = self.any_variable();
        if !variable.refuses(Badge::new(self.next_stamp())) {
            TALLY.add_crossing(place, || format!("a raw task could write `{}`", variable.name()));
        }
        TALLY.add_checks(place, 1);
    }

    fn compare(&self, place: Place, variable: Variable, seen: Stamp) {
        let expected = self.view[variable.number()];
        if expected != seen {
            TALLY.add_crossing(place, || {
                let (task, name) = (self.task, variable.name());
                format!("task {task} expected {expected} in `{name}`, and read {seen}")
            });
        }
    }

    pub(crate) fn any_variable(&mut self) -> Variable {
        Variable::numbered(self.dice.below(Variable::COUNT))
    }

    pub(crate) fn next_stamp(&mut self) -> Stamp {
        self.writes += 1;
        Stamp::new(self.task, self.writes)
    }

    pub(crate) fn set(&mut self, variable: Variable) -> Written {
        let stamp = self.next_stamp();
        let undo = variable.set(Badge::new(stamp));
        self.written(variable, undo, stamp)
    }

    pub(crate) fn unset(&mut self, variable: Variable) -> Written {
        let undo = variable.unset();
        self.written(variable, undo, Stamp::NOBODYS)
    }

    fn written(&mut self, variable: Variable, undo: Undo, stamp: Stamp) -> Written {
        let before = std::mem::replace(&mut self.view[variable.number()], stamp);
        Written { variable, before, undo }
    }

    pub(crate) fn reset(&mut self, written: Written) {
        let Written { variable, before, undo } = written;
        if variable.reset(undo).is_err() {
            TALLY.add_crossing(Place::Reset, || {
                format!("task {}'s own token of `{}` was refused", self.task, variable.name())
            });
        }
        self.view[variable.number()] = before;
        self.check(Place::Reset);
    }

    /// Tries a token that is another context's.
    pub(crate) fn misuse(&mut self, written: Written) -> Written {
        let Written { variable, before, undo } = written;
        let undo = variable.reset(undo).err().unwrap_or_else(|| {
            TALLY.add_crossing(Place::StrangersToken, || {
                format!("task {} could reset `{}` with it", self.task, variable.name())
            });
            Undo::Thread(None)
        });
        self.check(Place::StrangersToken);
        Written { variable, before, undo }
    }

    /// Sets a variable until the guard is dropped, which may be by a cancellation.
    pub(crate) fn guarded(&mut self, variable: Variable) -> Guarded<'_> {
        let Written { before, undo, .. } = self.set(variable);
        Guarded {
            hold: Some(variable.hold(undo)),
            me: self,
            variable,
            before,
        }
    }

    /// Writes a few variables at random.
    pub(crate) fn scramble(&mut self) {
        for _ in 0..=self.dice.below(3) {
            let variable = self.any_variable();
            let is_set = self.view[variable.number()].is_somebodys();
            let written = if is_set && self.dice.one_in(2) {
                self.unset(variable)
            } else {
                self.set(variable)
            };
            self.compare(Place::Write, variable, variable.read_clone());
            if self.dice.one_in(8) {
                self.reset(written);
            }
        }
        self.check(Place::Write);
    }
}

/// A write, and what takes it back.
#[derive(Debug)]
pub(crate) struct Written {
    variable: Variable,
    before: Stamp,
    undo: Undo,
}

/// A task with a guard.
#[derive(Debug)]
pub(crate) struct Guarded<'a> {
    pub(crate) me: &'a mut Identity,
    hold: Option<Hold>,
    variable: Variable,
    before: Stamp,
}

impl Drop for Guarded<'_> {
    fn drop(&mut self) {
        drop(self.hold.take());
        self.me.view[self.variable.number()] = self.before;
        self.me.check(Place::Guard);
    }
}
