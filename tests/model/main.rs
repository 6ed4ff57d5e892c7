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

use proptest::test_runner::{Config, TestRunner};

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
