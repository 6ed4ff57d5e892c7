//! Variables in the `baggage` header.

use crate::harness::timing::time;
use contextvars::baggage::{Baggage, Carrier};
use contextvars::{Context, ContextVar, context_var};
use std::hint::black_box;
use std::time::Duration;

macro_rules! variables {
    ($($name:ident: $text:literal,)*) => {
        $(#[context_var] static $name: String;)*

        /// Each with its name on the wire.
        const ALL: [(&str, &ContextVar<String>); 64] = [$(($text, &$name),)*];
    };
}

variables! {
    V00: "variable.00", V01: "variable.01", V02: "variable.02", V03: "variable.03", V04: "variable.04",
    V05: "variable.05", V06: "variable.06", V07: "variable.07", V08: "variable.08", V09: "variable.09",
    V10: "variable.10", V11: "variable.11", V12: "variable.12", V13: "variable.13", V14: "variable.14",
    V15: "variable.15", V16: "variable.16", V17: "variable.17", V18: "variable.18", V19: "variable.19",
    V20: "variable.20", V21: "variable.21", V22: "variable.22", V23: "variable.23", V24: "variable.24",
    V25: "variable.25", V26: "variable.26", V27: "variable.27", V28: "variable.28", V29: "variable.29",
    V30: "variable.30", V31: "variable.31", V32: "variable.32", V33: "variable.33", V34: "variable.34",
    V35: "variable.35", V36: "variable.36", V37: "variable.37", V38: "variable.38", V39: "variable.39",
    V40: "variable.40", V41: "variable.41", V42: "variable.42", V43: "variable.43", V44: "variable.44",
    V45: "variable.45", V46: "variable.46", V47: "variable.47", V48: "variable.48", V49: "variable.49",
    V50: "variable.50", V51: "variable.51", V52: "variable.52", V53: "variable.53", V54: "variable.54",
    V55: "variable.55", V56: "variable.56", V57: "variable.57", V58: "variable.58", V59: "variable.59",
    V60: "variable.60", V61: "variable.61", V62: "variable.62", V63: "variable.63",
}

/// The first of them, each with a value of 16 bytes of which one is encoded.
pub(crate) fn members(n: usize) -> Vec<(&'static str, String)> {
    let value = |at| format!("tenant number {at:02}");
    ALL.iter()
        .enumerate()
        .take(n)
        .map(|(at, (name, _))| (*name, value(at)))
        .collect()
}

fn baggage(n: usize) -> Baggage {
    let variables = ALL.iter().take(n);
    variables.fold(Baggage::new(), |baggage, (name, var)| baggage.with(name, var))
}

fn bound(n: usize) -> Context {
    let values = members(n).into_iter().zip(ALL);
    values.fold(Context::new(), |context, ((_, value), (_, var))| {
        context.with(var, value)
    })
}

/// What they are on the wire.
pub(crate) fn line(n: usize) -> String {
    let mut headers = Vec::<(String, String)>::new();
    bound(n).run(|| baggage(n).inject(&mut headers));
    headers.remove(0).1
}

pub(crate) fn inject<C: Carrier + Default>(n: usize) -> impl FnMut(u64) -> Duration + 'static {
    let (baggage, mut context) = (baggage(n), bound(n));
    move |times| {
        context.run(|| {
            time(times, || {
                let mut headers = C::default();
                let left_out = baggage.inject(black_box(&mut headers));
                (headers, left_out)
            })
        })
    }
}

pub(crate) fn extract<C: Carrier + Default + 'static>(n: usize) -> impl FnMut(u64) -> Duration + 'static {
    let baggage = baggage(n);
    let mut headers = C::default();
    headers.replace("baggage", Some(line(n).into_bytes()));
    move |times| time(times, || baggage.extract(black_box(&headers)))
}
