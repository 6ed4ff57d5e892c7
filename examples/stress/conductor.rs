//! The conductor: a process for each executor, so that each begins with an environment that says how
//! many workers to start, and with memory of its own to be measured.

use std::{
    env, io,
    process::{Command, ExitCode, ExitStatus},
};

use crate::{executor::Executor, options::Options};

/// Set in the processes that do the work.
const IS_CONDUCTED: &str = "CONTEXTVARS_STRESS_IS_CONDUCTED";

/// The executor that this process was started for.
pub(crate) fn conducted(options: Options) -> Option<Executor> {
    env::var_os(IS_CONDUCTED).and(options.executor)
}

/// Runs on one executor after another, and fails if one of the runs does.
pub(crate) fn conduct(options: Options) -> io::Result<ExitCode> {
    let program = env::current_exe()?;
    let executors = options
        .executor
        .map_or(Executor::ALL.to_vec(), |executor| vec![executor]);
    let mut exit_code = ExitCode::SUCCESS;
    for executor in executors {
        let status = Command::new(&program)
            .args(options.arguments(executor))
            .envs(Executor::WORKERS.map(|variable| (variable, options.workers.to_string())))
            .env(IS_CONDUCTED, "1")
            .status()?;
        if !status.success() {
            exit_code = ExitCode::FAILURE;
            report_crash(executor, status);
        }
    }
    Ok(exit_code)
}

/// A run that ends by itself has said why it failed.
fn report_crash(executor: Executor, status: ExitStatus) {
    if status.code() != Some(1) {
        eprintln!("stress: the run on {} has crashed: {status}", executor.name());
    }
}
