//! A `Debug`, a message or a default that logs or sets variables.

use std::fmt;

use contextvars::log::{ContextFields, ContextLogger};
use contextvars::{Context, context_var};

use crate::kept::{Keeper, Kept, any, line, logged};
use crate::{REQUEST_ID, logger};

/// Does as told when it is shown.
struct Acts(fn(&mut fmt::Formatter<'_>) -> fmt::Result);

impl fmt::Debug for Acts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

#[context_var]
static ACTS: Acts;

fn acting() -> ContextLogger<Keeper> {
    ContextLogger::new(Keeper, ContextFields::new().with(&ACTS).with(&REQUEST_ID))
}

/// R8: what it logs shows no variables, so that it ends; what is logged next shows them again.
#[test]
fn a_debug_that_logs() {
    let acts = Acts(|f| {
        log::info!(logger: acting(), own = true; "from inside");
        f.write_str("logs")
    });
    let lines = logged(&acting(), |logger| {
        ACTS.sync_scope(acts, || {
            log::info!(logger: logger, "one");
            log::info!(logger: logger, "two");
        });
    });
    let inside = || line("from inside", [("own", Kept::Bool(true))]);
    for nested in lines.iter().filter(|line| line.0 == "from inside") {
        assert_eq!(*nested, inside());
    }
    let shown: Vec<_> = lines.into_iter().filter(|line| line.0 != "from inside").collect();
    let variables = || [("ACTS", any("logs")), ("REQUEST_ID", Kept::Unsigned(0))];
    assert_eq!(shown, [line("one", variables()), line("two", variables())]);
}

/// R8: the record shows what was current when it was logged.
#[test]
fn a_debug_that_sets() {
    let acts = Acts(|f| {
        ACTS.set(Acts(|f| f.write_str("another")));
        REQUEST_ID.set(8);
        f.write_str("sets")
    });
    let mut context = Context::new().with(&ACTS, acts);
    let lines = logged(&acting(), |logger| context.run(|| log::info!(logger: logger, "event")));
    assert_eq!(
        lines,
        [line(
            "event",
            [("ACTS", any("sets")), ("REQUEST_ID", Kept::Unsigned(0))]
        )]
    );
    assert_eq!(context.get(&REQUEST_ID), Some(&8));
}

/// What a message logs while it is formatted is a record as any.
#[test]
fn a_message_that_logs_shows_variables() {
    struct Message;
    impl fmt::Display for Message {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            log::info!(logger: logger(), "from inside");
            f.write_str("event")
        }
    }
    let lines = logged(&logger(), |logger| log::info!(logger: logger, "{Message}"));
    let id = || [("REQUEST_ID", Kept::Unsigned(0))];
    assert_eq!(lines, [line("from inside", id()), line("event", id())]);
}

/// The default is being evaluated: it can't be shown yet.
#[test]
fn a_default_that_logs() {
    #[context_var]
    static CONFIG: u32 = {
        log::info!(logger: ContextLogger::new(Keeper, ContextFields::new().with(&CONFIG)), "loading");
        3
    };
    let lines = logged(&Keeper, |_| assert_eq!(CONFIG.get(), 3));
    assert_eq!(lines, [line("loading", [])]);
}
