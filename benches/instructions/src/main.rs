//! One operation, so many times over, for `check` to count its instructions.
//!
//! usage: `instructions [operation times]`; alone it names the operations.

#[path = "../../../tests/common/many.rs"]
mod many;
mod opaque;
mod operations;

use std::env;
use std::process::ExitCode;

use operations::OPERATIONS;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [] => {
            for (name, _) in OPERATIONS {
                println!("{name}");
            }
            ExitCode::SUCCESS
        }
        [name, times] => run(name, times).unwrap_or_else(usage),
        _ => usage(),
    }
}

fn run(name: &str, times: &str) -> Option<ExitCode> {
    let (_, operation) = OPERATIONS.iter().find(|(known, _)| *known == name)?;
    operation(times.parse().ok()?);
    Some(ExitCode::SUCCESS)
}

fn usage() -> ExitCode {
    eprintln!("usage: instructions [operation times]");
    ExitCode::FAILURE
}
