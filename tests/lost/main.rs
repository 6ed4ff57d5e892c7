//! A context that got lost is reported, with the place of whoever used the variable, and nothing else is.

#[path = "../cost/counting.rs"]
#[allow(dead_code, reason = "the tests of costs use more of it")]
mod counting;
mod hooks;
mod layers;
mod logs;
mod places;
mod required;
mod silence;
mod storms;

use contextvars::context_var;
use contextvars::lost::{Attempt, Watch};

#[context_var]
static USER: &'static str;
#[context_var]
static TENANT: u32 = 7;

/// Variable, what was tried, line, how often: in the order of the lines.
fn seen(watch: &Watch) -> Vec<(&'static str, Attempt, u32, u64)> {
    let rows = watch.reports();
    rows.iter()
        .map(|row| {
            let report = row.report();
            (report.variable(), report.attempt(), report.place().line(), row.times())
        })
        .collect()
}
