//! One axum service in four variants, which differ in how its functions learn whose request they work for.
//!
//! usage: `axum-service VARIANT serve`, or `axum-service VARIANT count REQUESTS`; alone it names the variants.

mod arguments;
mod caller;
mod count;
mod identity;
mod layers;
mod reply;
mod scopes;
mod serve;
mod task_local;

use std::env;
use std::process::ExitCode;

use axum::Router;

/// A name, and how to build the service.
type Variant = (&'static str, fn() -> Router);

const VARIANTS: &[Variant] = &[
    ("arguments", arguments::app),
    ("tokio", task_local::app),
    ("scopes", scopes::app),
    ("layers", layers::app),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            for (name, _) in VARIANTS {
                println!("{name}");
            }
            ExitCode::SUCCESS
        }
        [variant, "serve"] => run(variant, serve::serve),
        [variant, "count", requests] => match requests.parse() {
            Ok(requests) => run(variant, |app| count::count(&app, requests)),
            Err(_) => usage(),
        },
        _ => usage(),
    }
}

fn run(variant: &str, with: impl FnOnce(Router) -> ExitCode) -> ExitCode {
    match VARIANTS.iter().find(|(known, _)| *known == variant) {
        Some((_, app)) => with(app()),
        None => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: axum-service [VARIANT serve | VARIANT count REQUESTS]");
    ExitCode::FAILURE
}
