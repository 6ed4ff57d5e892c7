//! Defaults: evaluated outside every context, which they can't write.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use contextvars::{ContextVar, WithDefault};

use crate::probe::{In, Probe, armed, quiet};
use crate::{Callback, Caller, VALUE, and_then, check};

type Variable = &'static ContextVar<Probe, WithDefault>;

/// Variables whose default nobody has needed, one for each combination.
mod fresh {
    macro_rules! fresh {
        ([$($module:ident)*] $names:tt) => {
            $(mod $module { fresh!(@names $names); })*

            pub(super) static MODULES: &[&[super::Variable]] = &[$($module::FRESH),*];
        };
        (@names [$($name:ident)*]) => {
            use crate::probe::Probe;
            use contextvars::context_var;

            $(#[context_var] static $name: Probe = super::super::evaluate();)*

            pub(super) static FRESH: &[super::super::Variable] = &[$(&$name),*];
        };
    }

    fresh!([a b c d e f g h i j k] [V0 V1 V2 V3 V4 V5 V6 V7 V8 V9]);
}

enum Plan {
    CallBack(Callback),
    /// Another thread is first, and what this one has evaluated is dropped.
    ComeSecond(Variable, Callback),
}

thread_local! {
    static PLAN: Cell<Option<Plan>> = const { Cell::new(None) };
}

fn evaluate() -> Probe {
    match PLAN.take() {
        None => quiet("default"),
        Some(Plan::CallBack(callback)) => {
            callback();
            quiet("default")
        }
        Some(Plan::ComeSecond(variable, callback)) => {
            let first = thread::spawn(|| variable.get().name);
            assert_eq!(first.join().expect("no panic"), "default");
            armed(In::Drop, callback)
        }
    }
}

/// Reads the next fresh variable as planned; the read after that gives the default, even if the first one panicked.
fn read(plan: impl FnOnce(Variable) -> Plan) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);

    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let variable = fresh::MODULES[number / 10][number % 10];
    PLAN.set(Some(plan(variable)));
    let is_default = |variable: &mut Variable| assert_eq!(variable.get().name, "default");
    and_then(variable, is_default, is_default);
}

/// R8, Cases 286, T15, T16
#[test]
fn defaults() {
    const CALLERS: &[Caller] = &[
        Caller::here("an initializer", "old", |callback| {
            read(|_| Plan::CallBack(callback));
        })
        .outside(),
        Caller::here("an initializer in a scope", "old", |callback| {
            VALUE.sync_scope(quiet("scope"), || read(|_| Plan::CallBack(callback)));
        })
        .outside(),
        Caller::here("the drop of a default that came second", "old", |callback| {
            read(|variable| Plan::ComeSecond(variable, callback));
        }),
    ];
    check(CALLERS);
}
