//! The panic hook, called where the panic is.

use std::cell::Cell;
use std::panic;
use std::sync::Once;

use crate::common::{panic_of, quiet_expected_panics, ready};
use crate::probe::quiet;
use crate::{Callback, Caller, EXPECTED, VALUE, check};

thread_local! {
    static CALLBACK: Cell<Option<Callback>> = const { Cell::new(None) };
}

/// A hook that calls back if the thread has planned so, and that shows no panic that is expected.
pub(crate) fn install() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        quiet_expected_panics();
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if let Some(callback) = CALLBACK.take() {
                callback();
            }
            let message = info.payload().downcast_ref::<String>();
            if !message.is_some_and(|message| message.contains(EXPECTED)) {
                previous(info);
            }
        }));
    });
}

fn panic_with(callback: Callback) {
    CALLBACK.set(Some(callback));
    panic!("expected");
}

/// R8, Case 287
#[test]
fn panic_hooks() {
    const CALLERS: &[Caller] = &[
        Caller::here("the hook", "old", |callback| {
            panic_of(|| panic_with(callback));
        })
        .unwinding(),
        Caller::here("the hook, for a panic in a scope", "old", |callback| {
            panic_of(|| VALUE.sync_scope(quiet("scope"), || panic_with(callback)));
        })
        .elsewhere("scope")
        .unwinding(),
        Caller::here("the hook, for a panic in a poll", "old", |callback| {
            panic_of(|| ready(VALUE.scope(quiet("scope"), async { panic_with(callback) })));
        })
        .elsewhere("scope")
        .unwinding(),
        Caller::here("the hook, for a panic in a loan", "old", |callback| {
            panic_of(|| {
                VALUE.with(|lent| lent.expect("bound").stays_valid(|| panic_with(callback)));
            });
        })
        .unwinding(),
    ];
    check(CALLERS);
}
