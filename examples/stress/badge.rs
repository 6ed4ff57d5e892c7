//! A badge: the value of every variable here. The badges that exist are counted.

use crate::{counter::Counter, stamp::Stamp};

static MADE: Counter = Counter::new();
static FREED: Counter = Counter::new();

#[derive(Debug)]
pub(crate) struct Badge(Stamp);

impl Badge {
    pub(crate) fn new(stamp: Stamp) -> Self {
        MADE.add(1);
        Self(stamp)
    }

    /// The default of variables. It lives as long as the process, and is not counted.
    pub(crate) fn nobodys() -> Self {
        Self(Stamp::NOBODYS)
    }

    pub(crate) fn stamp(&self) -> Stamp {
        self.0
    }

    pub(crate) fn made() -> u64 {
        MADE.total()
    }

    /// How many badges exist. A sum that is taken while others add to it is a guess.
    pub(crate) fn left() -> u64 {
        let freed = FREED.total();
        MADE.total().saturating_sub(freed)
    }
}

impl Clone for Badge {
    fn clone(&self) -> Self {
        if self.0.is_somebodys() {
            Self::new(self.0)
        } else {
            Self::nobodys()
        }
    }
}

impl Drop for Badge {
    fn drop(&mut self) {
        if self.0.is_somebodys() {
            FREED.add(1);
        }
    }
}
