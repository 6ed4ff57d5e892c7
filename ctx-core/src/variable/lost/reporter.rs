//! How a read or a write gets to the hooks: by a pointer that is set with the first hook. So a program that never asks links
//! little of what a report takes.

use super::report::Attempt;
use crate::descriptor::{self, Descriptor};
use std::panic::Location;
use std::sync::OnceLock;

/// Reports an attempt.
pub(super) type Reporter = fn(&'static Descriptor, Attempt, &'static Location<'static>);

static REPORTER: OnceLock<Reporter> = OnceLock::new();

pub(super) fn set(reporter: Reporter) {
    REPORTER.get_or_init(|| reporter);
}

/// A read of the variable found no binding.
#[cold]
pub(in crate::variable) fn found_nothing(
    variable: &'static Descriptor,
    has_default: bool,
    place: &'static Location<'static>,
) {
    let attempt = if has_default {
        Attempt::ReadDefault
    } else {
        Attempt::Read
    };
    if let Some(report) = REPORTER.get() {
        report(variable, attempt, place);
    }
}

/// A write of the variable was refused, for this reason or another.
#[cold]
pub(in crate::variable) fn refused(variable: &'static Descriptor, place: &'static Location<'static>) {
    if let Some(report) = REPORTER.get().filter(|_| descriptor::are_misses_reported()) {
        report(variable, Attempt::Write, place);
    }
}
