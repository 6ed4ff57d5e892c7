//! Bytes become a program, played for real and by hand as in `tests/model`, under `AddressSanitizer`.
//!
//! `cargo +nightly fuzz run programs -- -max_total_time=1200`

#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;
#[path = "../../tests/executors/executor.rs"]
#[allow(dead_code, reason = "a few of them are enough here")]
mod executor;

#[path = "../../tests/model/body.rs"]
mod body;
#[path = "../../tests/model/by_hand.rs"]
mod by_hand;
#[path = "../../tests/model/future.rs"]
mod future;
#[path = "../../tests/model/kinds.rs"]
mod kinds;
#[path = "../../tests/model/play.rs"]
mod play;
#[path = "../../tests/model/program.rs"]
mod program;
#[path = "../../tests/model/run.rs"]
mod run;
#[path = "../../tests/model/value.rs"]
mod value;

use libfuzzer_sys::fuzz_target;

use crate::executor::{FuturesLocalPool, SmolLocal, TokioCurrentThread};
use crate::program::{Body, Kind};

fuzz_target!(|program: (u8, Kind, Body)| {
    let (executor, kind, body) = program;
    let run = match executor % 3 {
        0 => run::run::<SmolLocal>,
        1 => run::run::<FuturesLocalPool>,
        _ => run::run::<TokioCurrentThread>,
    };
    let failures = run(&kind, &body);
    assert!(failures.is_empty(), "{failures:#?}");
});
