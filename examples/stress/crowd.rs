//! The crowd: a home for each task that is to live. Who ends is replaced before it is counted out.

use std::sync::{
    Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst},
};

use crate::{
    bench::Bench,
    dice::Dice,
    executor::{self, Task},
    identity::Heir,
    life,
    observer::observed,
    options::Options,
    tally::TALLY,
};

/// So many tasks per worker are on their feet, the others rest.
const AWAKE_PER_WORKER: usize = 512;

static CROWD: OnceLock<Crowd> = OnceLock::new();

#[derive(Debug)]
pub(crate) struct Crowd {
    pub(crate) panics: bool,
    pub(crate) bench: Bench,
    seed: u64,
    homes: Vec<Home>,
    closed: AtomicBool,
    live: AtomicUsize,
    fewest: AtomicUsize,
    children: AtomicUsize,
}

#[derive(Debug, Default)]
struct Home {
    tenant: Mutex<Option<Task>>,
    generation: AtomicU32,
    turns: AtomicU32,
}

impl Home {
    fn tenant(&self) -> MutexGuard<'_, Option<Task>> {
        self.tenant.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The crowd of this process.
pub(crate) fn crowd() -> &'static Crowd {
    CROWD.get().expect("a run gathers a crowd first")
}

impl Crowd {
    /// Spawns every task.
    pub(crate) fn gather(options: Options) -> &'static Self {
        let homes = options.tasks();
        let awake = (options.workers * AWAKE_PER_WORKER).min(homes.div_ceil(2));
        let crowd = Self {
            panics: options.panics,
            bench: Bench::with_seats(homes - awake),
            seed: options.seed,
            homes: (0..homes).map(|_| Home::default()).collect(),
            closed: AtomicBool::new(false),
            live: AtomicUsize::new(0),
            fewest: AtomicUsize::new(0),
            children: AtomicUsize::new(0),
        };
        CROWD.set(crowd).expect("a process has one crowd");
        let crowd = self::crowd();
        for home in 0..homes {
            crowd.settle(home);
        }
        crowd.fewest.store(crowd.live(), SeqCst);
        crowd
    }

    /// How many tasks live, children not counted.
    pub(crate) fn live(&self) -> usize {
        self.live.load(SeqCst)
    }

    /// The smallest number of tasks that ever lived since the crowd was gathered.
    pub(crate) fn fewest_live(&self) -> usize {
        self.fewest.load(SeqCst)
    }

    /// How many tasks have not ended, with children.
    pub(crate) fn remaining(&self) -> usize {
        self.live() + self.children.load(SeqCst)
    }

    /// How many turns the tasks of each home have had, in ascending order.
    pub(crate) fn turns(&self) -> Vec<u32> {
        let mut turns: Vec<_> = self.homes.iter().map(|home| home.turns.load(Relaxed)).collect();
        turns.sort_unstable();
        turns
    }

    pub(crate) fn add_turn(&self, home: usize) {
        self.homes[home].turns.fetch_add(1, Relaxed);
    }

    /// Cancels whoever lives there.
    pub(crate) fn cancel_any(&self, dice: &mut Dice) {
        self.cancel(dice.below(self.homes.len()));
    }

    fn cancel(&self, home: usize) {
        let tenant = self.homes[home].tenant().take();
        if let Some(tenant) = tenant {
            tenant.cancel();
        }
    }

    /// Replaces nobody any more, and cancels everybody.
    pub(crate) fn close(&self) {
        self.closed.store(true, SeqCst);
        (0..self.homes.len()).for_each(|home| self.cancel(home));
        self.bench.close();
    }

    /// Spawns the next task of a home.
    fn settle(&'static self, number: usize) {
        let home = &self.homes[number];
        let mut tenant = home.tenant();
        if self.closed.load(SeqCst) {
            return;
        }
        let generation = home.generation.fetch_add(1, Relaxed);
        let dice = Dice::seeded([self.seed, number as u64, generation.into()]);
        let tenancy = Tenancy::begin(self, number);
        *tenant = Some(executor::spawn(tenancy.last(dice)));
    }

    /// Spawns a child of a task: one that is not counted as live, and not replaced.
    pub(crate) fn spawn_child(&'static self, dice: Dice, child: impl Future<Output = ()> + Send + 'static) -> Task {
        let childhood = Childhood::begin(self);
        executor::spawn(childhood.last(dice, child))
    }
}

/// A task's presence in the crowd, from before it is spawned until after it is dropped.
#[derive(Debug)]
struct Tenancy {
    crowd: &'static Crowd,
    home: usize,
    completed: bool,
}

impl Tenancy {
    fn begin(crowd: &'static Crowd, home: usize) -> Self {
        crowd.live.fetch_add(1, SeqCst);
        Self {
            crowd,
            home,
            completed: false,
        }
    }

    async fn last(mut self, mut dice: Dice) {
        let onlooker = Dice::seeded([dice.next()]);
        observed(onlooker, life::lead(Heir::newcomer(dice), self.home)).await;
        self.completed = true;
    }
}

impl Drop for Tenancy {
    fn drop(&mut self) {
        TALLY.tasks.add(self.completed);
        self.crowd.settle(self.home);
        let before = self.crowd.live.fetch_sub(1, SeqCst);
        if !self.crowd.closed.load(SeqCst) {
            self.crowd.fewest.fetch_min(before - 1, SeqCst);
        }
    }
}

#[derive(Debug)]
struct Childhood {
    crowd: &'static Crowd,
    completed: bool,
}

impl Childhood {
    fn begin(crowd: &'static Crowd) -> Self {
        crowd.children.fetch_add(1, SeqCst);
        Self {
            crowd,
            completed: false,
        }
    }

    async fn last(mut self, dice: Dice, child: impl Future<Output = ()>) {
        observed(dice, child).await;
        self.completed = true;
    }
}

impl Drop for Childhood {
    fn drop(&mut self) {
        TALLY.children.add(self.completed);
        self.crowd.children.fetch_sub(1, SeqCst);
    }
}
