//! The tally: what was done, what was checked, and every crossing.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use crate::counter::Counter;

/// More crossings than these are only counted.
const CROSSINGS_KEPT: usize = 5;

pub(crate) static TALLY: Tally = Tally {
    tasks: Fates::new(),
    children: Fates::new(),
    workers: AtomicUsize::new(0),
    polls: Counter::new(),
    awaits: Counter::new(),
    checks: [const { Counter::new() }; Place::ALL.len()],
    crossings: [const { AtomicU64::new(0) }; Place::ALL.len()],
    first_crossings: Mutex::new(Vec::new()),
};

#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) tasks: Fates,
    pub(crate) children: Fates,
    /// Threads that have polled a task.
    workers: AtomicUsize,
    pub(crate) polls: Counter,
    pub(crate) awaits: Counter,
    /// Each variable that was read and compared counts.
    checks: [Counter; Place::ALL.len()],
    crossings: [AtomicU64; Place::ALL.len()],
    first_crossings: Mutex<Vec<String>>,
}

/// How tasks have ended.
#[derive(Debug)]
pub(crate) struct Fates {
    completed: Counter,
    cancelled: Counter,
    panicked: Counter,
}

impl Fates {
    const fn new() -> Self {
        Self {
            completed: Counter::new(),
            cancelled: Counter::new(),
            panicked: Counter::new(),
        }
    }

    /// Counts one that is ending now.
    pub(crate) fn add(&self, completed: bool) {
        let fate = match completed {
            true => &self.completed,
            false if thread::panicking() => &self.panicked,
            false => &self.cancelled,
        };
        fate.add(1);
    }

    pub(crate) fn panicked(&self) -> u64 {
        self.panicked.total()
    }
}

impl fmt::Display for Fates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} completed, {} cancelled, {} panicked",
            self.completed.total(),
            self.cancelled.total(),
            self.panicked.total(),
        )
    }
}

impl Tally {
    pub(crate) fn add_worker(&self) {
        self.workers.fetch_add(1, Relaxed);
    }

    pub(crate) fn workers(&self) -> usize {
        self.workers.load(Relaxed)
    }

    pub(crate) fn add_checks(&self, place: Place, count: usize) {
        self.checks[place as usize].add(count);
    }

    pub(crate) fn checks(&self) -> u64 {
        self.checks.iter().map(Counter::total).sum()
    }

    /// Where nothing was checked.
    pub(crate) fn unseen(&self) -> impl Iterator<Item = Place> {
        let unseen = |place: &Place| self.checks[*place as usize].total() == 0;
        Place::ALL.into_iter().filter(unseen)
    }

    pub(crate) fn add_crossing(&self, place: Place, story: impl FnOnce() -> String) {
        self.crossings[place as usize].fetch_add(1, Relaxed);
        let mut first = self.first_crossings.lock().unwrap_or_else(PoisonError::into_inner);
        if first.len() < CROSSINGS_KEPT {
            first.push(format!("{}: {}", place.name(), story()));
        }
    }

    pub(crate) fn crossings(&self) -> u64 {
        self.crossings.iter().map(|count| count.load(Relaxed)).sum()
    }

    pub(crate) fn crossings_by_place(&self) -> impl Iterator<Item = (Place, u64)> {
        let counts = self.crossings.iter().map(|count| count.load(Relaxed));
        Place::ALL.into_iter().zip(counts).filter(|&(_, count)| count > 0)
    }

    pub(crate) fn first_crossings(&self) -> Vec<String> {
        let first = self.first_crossings.lock().unwrap_or_else(PoisonError::into_inner);
        first.clone()
    }
}

macro_rules! places {
    ($($(#[$doc:meta])* $place:ident = $name:literal,)*) => {
        /// Where in its life a task has looked.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) enum Place {
            $($(#[$doc])* $place,)*
        }

        impl Place {
            const ALL: [Self; [$($name),*].len()] = [$(Self::$place),*];

            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$place => $name,)*
                }
            }
        }
    };
}

places! {
    Birth = "at birth",
    Write = "after a write",
    Yield = "after a yield",
    Timer = "after a timer",
    Rest = "after a neighbour's message",
    Job = "after a neighbour's job",
    Guard = "after a guard",
    Reset = "after a reset",
    StrangersToken = "after a stranger's token",
    Snapshot = "in a snapshot",
    Call = "in and after a call",
    Thread = "in and after a blocking job",
    Child = "after a child",
    Join = "after a join",
    Select = "after a select",
    Stream = "in and after a stream",
    Panic = "after a caught panic",
    /// The future is dropped: completed, cancelled or unwound.
    Destructor = "in a destructor",
    /// A task without a context, around each poll of one that has its own.
    Executor = "in the executor",
}
