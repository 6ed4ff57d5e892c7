//! Programs made at random, played for real and by hand: both see the same, on every executor.

#[path = "../common/mod.rs"]
mod common;
#[path = "../executors/executor.rs"]
#[allow(dead_code, reason = "programs do not sleep")]
mod executor;

mod body;
mod by_hand;
mod future;
mod kinds;
mod play;
mod program;
mod run;
mod strategy;
mod value;

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use contextvars::{Ambient, carry};
use proptest::test_runner::{Config, TestRunner};

use crate::common::child::in_a_child;
use crate::executor::Executor;

fn agrees_on<E: Executor>() {
    let mut runner = TestRunner::new(Config {
        source_file: Some(file!()),
        ..Config::default()
    });
    let outcome = runner.run(&strategy::program(), |(kind, body)| {
        let failures = run::run::<E>(&kind, &body);
        proptest::prop_assert!(failures.is_empty(), "{failures:#?}");
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

macro_rules! on {
    ($($name:ident $executor:ident)*) => {
        $(
            /// R1 to R7 and R12
            #[test]
            fn $name() {
                agrees_on::<executor::$executor>();
            }
        )*
    };
}

on! {
    on_tokio_multi_thread TokioMultiThread
    on_tokio_current_thread TokioCurrentThread
    on_tokio_local_set TokioLocalSet
    on_async_std AsyncStd
    on_smol_global SmolGlobal
    on_smol_executor SmolExecutor
    on_smol_local SmolLocal
    on_futures_local_pool FuturesLocalPool
    on_futures_thread_pool FuturesThreadPool
}

/// A kind that is always captured, and entered for each poll, call and drop.
struct Always;

static ALIVE: AtomicUsize = AtomicUsize::new(0);
static ENTERED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

impl Ambient for Always {
    fn capture() -> Option<Self> {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Some(Self)
    }

    fn is_present() -> bool {
        false
    }

    fn enter(&self) {
        ENTERED.fetch_add(1, Ordering::Relaxed);
        DEPTH.set(DEPTH.get() + 1);
    }

    fn exit(&self) {
        DEPTH.set(DEPTH.get().checked_sub(1).expect("exited where it was entered"));
    }
}

impl Drop for Always {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// R1 to R7, R12 and R13: nobody sees the difference where all futures and calls carry something.
#[test]
fn where_everything_carries() {
    in_a_child("where_everything_carries", || {
        carry::<Always>();
        agrees_on::<executor::TokioMultiThread>();
        agrees_on::<executor::FuturesLocalPool>();
        assert_eq!(DEPTH.get(), 0);
        // A thread may still be letting go of the last.
        let patience = Instant::now() + Duration::from_secs(10);
        while ALIVE.load(Ordering::Relaxed) > 0 {
            assert!(Instant::now() < patience, "all are let go");
            thread::yield_now();
        }
        assert!(ENTERED.load(Ordering::Relaxed) > 1000);
        String::new()
    });
}
