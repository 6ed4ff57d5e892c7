//! Code that a value is lent to: closures, `Clone`, `Debug` and `PartialEq`.

use contextvars::{Context, context_var};

use crate::probe::{In, Probe, armed, quiet};
use crate::{Caller, NOTHING, VALUE, check};

#[context_var]
static SHOWN: Probe = quiet("default");
#[context_var]
static CLONED: Probe = quiet("default");
#[context_var]
static LENT: Probe = quiet("default");

/// R8, Case T14
#[test]
fn closures() {
    const CALLERS: &[Caller] = &[
        Caller::here("with", "old", |callback| {
            VALUE.with(|lent| lent.expect("bound").stays_valid(|| callback()));
        }),
        Caller::here("try_with", "old", |callback| {
            VALUE.try_with(|lent| lent.expect("bound").stays_valid(|| callback()));
        }),
        Caller::here("with, of a value that nobody shares", "sole", |callback| {
            drop(VALUE.set(quiet("sole")));
            VALUE.with(|lent| lent.expect("bound").stays_valid(|| callback()));
        }),
        Caller::here("with, of nothing", NOTHING, |callback| {
            drop(VALUE.unset());
            VALUE.with(|lent| {
                assert!(lent.is_none());
                callback();
            });
        }),
        Caller::here("with, of a default", "old", |callback| {
            LENT.with(|lent| lent.stays_valid(|| callback()));
        }),
        Caller::here("with, inside with", "old", |callback| {
            VALUE.with(|outer| {
                let inner = || VALUE.with(|inner| inner.expect("bound").stays_valid(|| callback()));
                outer.expect("bound").stays_valid(inner);
            });
        }),
        Caller::here("with, in a scope", "old", |callback| {
            VALUE.sync_scope(quiet("scope"), || {
                VALUE.with(|lent| lent.expect("bound").stays_valid(|| callback()));
            });
        })
        .elsewhere("scope"),
    ];
    check(CALLERS);
}

/// R8, Cases 286, T15, T16
#[test]
fn clones() {
    const CALLERS: &[Caller] = &[
        Caller::here("clone in get", "armed", |callback| {
            drop(VALUE.set(armed(In::Clone, callback)));
            assert_eq!(VALUE.get().map(|value| value.name), Some("armed"));
        }),
        Caller::here("clone in try_get", "armed", |callback| {
            drop(VALUE.set(armed(In::Clone, callback)));
            assert_eq!(VALUE.try_get().map(|value| value.name), Some("armed"));
        }),
        Caller::here("clone of a default", "old", |callback| {
            CLONED.with(|value| value.arm(In::Clone, callback));
            assert_eq!(CLONED.get().name, "default");
        }),
        Caller::here("clone in a scope", "old", |callback| {
            VALUE.sync_scope(armed(In::Clone, callback), || drop(VALUE.get()));
        })
        .elsewhere("armed"),
    ];
    check(CALLERS);
}

/// R8, Cases 286, T15
#[test]
fn debugs() {
    const CALLERS: &[Caller] = &[
        Caller::here("{:?} of a context", "armed", |callback| {
            drop(VALUE.set(armed(In::Debug, callback)));
            assert!(format!("{:?}", Context::current()).contains("VALUE: armed"));
        }),
        Caller::here("{:#?} of a context", "armed", |callback| {
            drop(VALUE.set(armed(In::Debug, callback)));
            assert!(format!("{:#?}", Context::current()).contains("VALUE  armed  tests"));
        }),
        Caller::here("{:?} of what a context iterates over", "armed", |callback| {
            drop(VALUE.set(armed(In::Debug, callback)));
            let snapshot = Context::current();
            let shown = snapshot.iter().map(|(_, value, _)| format!("{value:?}"));
            assert!(shown.collect::<Vec<_>>().contains(&"armed".to_owned()));
        }),
        Caller::here("{:?} of a variable", "old", |callback| {
            SHOWN.with(|value| value.arm(In::Debug, callback));
            assert!(format!("{SHOWN:?}").contains("default: default"));
        }),
        Caller::here("{:?} of a value lent", "armed", |callback| {
            drop(VALUE.set(armed(In::Debug, callback)));
            assert_eq!(VALUE.with(|value| format!("{value:?}")), "Some(armed)");
        }),
    ];
    check(CALLERS);
}

/// R8, Cases 43, 286
#[test]
fn comparisons() {
    const CALLERS: &[Caller] = &[
        Caller::here("== of two contexts' values", "armed", |callback| {
            drop(VALUE.set(armed(In::Eq, callback)));
            let (one, other) = (Context::current(), Context::new().with(&VALUE, quiet("other")));
            assert!(one.get(&VALUE) != other.get(&VALUE));
        }),
        Caller::here("== of a value lent", "armed", |callback| {
            drop(VALUE.set(armed(In::Eq, callback)));
            assert!(VALUE.with(|value| value == Some(&quiet("armed"))));
        }),
    ];
    check(CALLERS);
}
