//! The watch: what is seen of a crowd while it lives.

use std::{
    io::{self, IsTerminal as _},
    thread,
    time::{Duration, Instant},
};

use crate::{crowd::Crowd, executor::Executor, tally::TALLY};

const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
const LOOKS_PER_LINE: usize = 20;

#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) fewest_live: usize,
    pub(crate) average_live: usize,
    /// How many turns each home has had, in ascending order.
    pub(crate) turns: Vec<u32>,
    pub(crate) tasks: String,
    pub(crate) children: String,
    pub(crate) polls: u64,
    pub(crate) awaits: u64,
    pub(crate) checks: u64,
    pub(crate) checks_per_second: u128,
}

/// Shows that the run is alive, and returns what it came to.
pub(crate) fn watch(executor: Executor, duration: Duration, crowd: &Crowd) -> Watched {
    let (start, checks_before) = (Instant::now(), TALLY.checks());
    let (mut looks, mut live_sum) = (0, 0);
    while start.elapsed() < duration {
        thread::sleep(BETWEEN_LOOKS);
        live_sum += crowd.live();
        looks += 1;
        if looks % LOOKS_PER_LINE == 0 {
            show(executor, start.elapsed(), crowd.live());
        }
    }
    if io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    let checks = TALLY.checks() - checks_before;
    Watched {
        fewest_live: crowd.fewest_live(),
        average_live: live_sum / looks.max(1),
        turns: crowd.turns(),
        tasks: TALLY.tasks.to_string(),
        children: TALLY.children.to_string(),
        polls: TALLY.polls.total(),
        awaits: TALLY.awaits.total(),
        checks,
        checks_per_second: u128::from(checks) * 1_000_000 / start.elapsed().as_micros().max(1),
    }
}

/// Rewrites the line of a terminal, and adds one a second to anything else.
fn show(executor: Executor, elapsed: Duration, live: usize) {
    let state = format!(
        "{:9} {:5.1} s  {live} live, {} checks, {} crossings",
        executor.name(),
        elapsed.as_secs_f32(),
        TALLY.checks(),
        TALLY.crossings(),
    );
    if io::stderr().is_terminal() {
        eprint!("\r{state}\x1b[K");
    } else {
        eprintln!("{state}");
    }
}
