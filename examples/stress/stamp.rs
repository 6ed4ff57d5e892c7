//! A stamp: what a task writes, which says who wrote it. No two writes of a run have the same.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

impl Stamp {
    /// Of a variable that nobody has written.
    pub(crate) const NOBODYS: Self = Self(0);

    const WRITES: u32 = 20;

    /// The write with this number by this task; both count from 1.
    pub(crate) const fn new(task: u64, write: u64) -> Self {
        Self(task << Self::WRITES | write)
    }

    pub(crate) fn is_somebodys(self) -> bool {
        self != Self::NOBODYS
    }

    fn task(self) -> u64 {
        self.0 >> Self::WRITES
    }

    fn write(self) -> u64 {
        self.0 & ((1 << Self::WRITES) - 1)
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_somebodys() {
            write!(f, "write {} of task {}", self.write(), self.task())
        } else {
            f.write_str("nothing")
        }
    }
}
