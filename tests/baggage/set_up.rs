//! What is refused at set-up, in words that name the variable, at the line that is wrong.

use crate::common::TENANT;
use contextvars::baggage::Baggage;
use contextvars::context_var;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};

#[context_var(local)]
static TRANSACTION: u32;
#[context_var(redact)]
static TOKEN: String;

/// The message and the line of the panic.
fn refused(set_up: impl FnOnce() -> Baggage) -> (String, u32) {
    static ONE_HOOK: Mutex<()> = Mutex::new(());
    let _one = ONE_HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let seen = Arc::new(Mutex::new(None));
    let before = panic::take_hook();
    let hook = Arc::clone(&seen);
    let this = std::thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == this {
            let message = info
                .payload()
                .downcast_ref::<String>()
                .expect("it is formatted")
                .clone();
            let place = info.location().expect("a place");
            assert_eq!(place.file(), file!());
            *hook.lock().expect("no panic in it") = Some((message, place.line()));
        }
    }));
    let result = panic::catch_unwind(AssertUnwindSafe(set_up));
    panic::set_hook(before);
    assert!(result.is_err(), "{result:?}");
    let seen = seen.lock().expect("no panic in it").take();
    seen.expect("the hook was called")
}

#[test]
fn a_local_variable_is_refused() {
    let (message, line) = refused(|| Baggage::new().with("transaction", &TRANSACTION));
    assert_eq!(line, line!() - 1);
    assert_eq!(
        message,
        "context variable `TRANSACTION` is local, and can't be sent as `transaction`: its value belongs to the context \
         that runs, and not even a task that it spawns has it"
    );
    refused(|| Baggage::new().with_secret("transaction", &TRANSACTION));
    refused(|| Baggage::new().with_codec("transaction", &TRANSACTION, u32::to_string, str::parse));
}

#[test]
fn a_redacted_variable_is_refused_unless_it_is_named_as_a_secret() {
    let (message, line) = refused(|| Baggage::new().with("token", &TOKEN));
    assert_eq!(line, line!() - 1);
    assert_eq!(
        message,
        "context variable `TOKEN` is declared with `redact`: if it is to leave the process all the same, write \
         `.with_secret(\"token\", &TOKEN)`"
    );
    refused(|| Baggage::new().with_codec("token", &TOKEN, String::clone, |text| Ok::<_, String>(text.to_owned())));
    let _ = Baggage::new().with_secret("token", &TOKEN);
}

#[test]
fn a_name_that_readers_would_decode_is_refused() {
    for name in [
        "",
        "tenant id",
        "tenant=",
        "m\u{fc}ller",
        "a,b",
        "a%20",
        "a/b",
        "a\n",
        "a~",
        "a+b",
    ] {
        let (message, line) = refused(|| Baggage::new().with(name, &TENANT));
        assert_eq!(line, line!() - 1);
        assert_eq!(
            message,
            format!(
                "context variable `TENANT` can't be sent as {name:?}: a name is made of A-Z, a-z, 0-9, `-`, `.` and \
                 `_`, which every reader leaves as they are"
            )
        );
    }
    let _ = Baggage::new().with("Az09-._", &TENANT);
}

#[test]
fn two_of_one_name_are_refused() {
    let (message, line) = refused(|| Baggage::new().with("a", &TENANT).with_secret("a", &TOKEN));
    assert_eq!(line, line!() - 1);
    assert_eq!(
        message,
        "context variable `TENANT` and context variable `TOKEN` can't both be sent as `a`"
    );
    let (message, _) = refused(|| Baggage::new().with("a", &TENANT).with_sent_at("a"));
    assert_eq!(
        message,
        "context variable `TENANT` and the time of sending can't both be sent as `a`"
    );
}

#[test]
fn debug_shows_names_and_no_values() {
    let baggage = Baggage::new().with("tenant", &TENANT).with_secret("token", &TOKEN);
    let shown = TOKEN.sync_scope("hunter2".to_owned(), || format!("{baggage:?}"));
    assert_eq!(shown, r#"Baggage { names: ["tenant", "token"], .. }"#);
}
