//! The line that shows a run is alive.

use std::{
    io::{self, IsTerminal as _},
    sync::Arc,
    time::Duration,
};

use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::tally::Tally;

/// Shows the tally until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress(JoinHandle<()>);

impl Progress {
    pub(crate) fn start(tally: Arc<Tally>) -> Self {
        Self(tokio::spawn(show(tally)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.abort();
        if io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
        }
    }
}

/// Rewrites the line of a terminal, and adds one a second to anything else.
async fn show(tally: Arc<Tally>) {
    let start = Instant::now();
    let terminal = io::stderr().is_terminal();
    let pause = Duration::from_millis(if terminal { 100 } else { 1_000 });
    loop {
        sleep(pause).await;
        let line = format!(
            "{:5.1} s  {} requests, {} leaks, {} lost",
            start.elapsed().as_secs_f32(),
            tally.requests(),
            tally.leaks().total(),
            tally.lost().total(),
        );
        if terminal {
            eprint!("\r{line}\x1b[K");
        } else {
            eprintln!("{line}");
        }
    }
}
