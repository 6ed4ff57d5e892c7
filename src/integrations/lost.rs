//! Context that got lost: reads that find no value, and writes that are refused, because no context is entered there.
//!
//! The worst bug of this kind is a value that is silently not there, since somebody spawned a bare task three calls up.
//! [`on`] has each such use reported: which variable, what was tried, and the line that tried it. [`Watch`] collects them
//! for a test. `lost::log()`, which comes with the features `tracing` and `log`, warns of each place once.
//!
//! ```
//! use contextvars::{Context, context_var, lost};
//!
//! #[context_var]
//! static USER: &'static str;
//!
//! let watch = lost::Watch::this_thread();
//! Context::new().with(&USER, "alice").run(|| USER.get()); // finds its value
//! watch.assert_none();
//!
//! assert_eq!(USER.get(), None); // as in a task that was spawned bare
//! let [lost] = &watch.reports()[..] else { panic!() };
//! assert_eq!(lost.report().variable(), "USER");
//! assert_eq!(lost.report().place().line(), line!() - 3);
//! ```
//!
//! # What is reported
//!
//! - Where **no context is entered**: each `get`, `with`, `try_get` and `try_with`, of a variable with a default too, and
//!   each `set`, `unset`, `try_set`, `try_unset` and `reset`, which are refused there.
//! - Where a context is entered: a read of a variable that is declared `#[context_var(required)]` and is not bound.
//!
//! Not reported are:
//!
//! - `is_set`, which asks, and a guard that is dropped, which changes nothing elsewhere.
//! - What shows variables: [`Variable::show`](contextvars_core::Variable::show), so the loggers and formatters of this
//!   crate, and `Debug`. A log line of `main` is no lost context.
//! - What a [`Context`](contextvars_core::Context) is asked: `context.get(&USER)`.
//! - What the expression of a default reads. It is evaluated outside every context by design.
//! - What a hook itself reads.
//!
//! Code that is to have no context says so: a task by `#[with_context(fresh)]`, start-up by `Context::new().run(..)`. An
//! empty context is entered there, and nothing is reported.
//!
//! # What it costs
//!
//! A read that finds its value costs nothing more. One that finds none takes two instructions more where nobody listens.
//! Where somebody does, each report takes a lock for a moment, and no hook runs under it.

#[doc(inline)]
pub use contextvars_core::lost::{Attempt, Hook, Report, Watch, Watched, on};

#[cfg(any(feature = "log", feature = "tracing"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "log", feature = "tracing"))))]
pub use warn::log;

#[cfg(any(feature = "log", feature = "tracing"))]
mod warn {
    use super::{Attempt, Report, on};
    use std::collections::HashSet;
    use std::panic::Location;
    use std::sync::{Mutex, Once, PoisonError};

    /// Warns in the log of each place that loses its context, once.
    ///
    /// Call it in `main`, where logging is set up. To call it again changes nothing. A storm of reads from one place is one
    /// line, and what is kept of it is that place.
    ///
    /// With the feature `tracing` a warning is an event of level `WARN` with the fields `variable`, `attempt` and `place`.
    /// With the feature `log`, it is a record whose message says the same. With both, it is the event where a subscriber
    /// takes it, and else the record. Its target is `contextvars::lost`. A place from before a log was set up is warned of
    /// when it is next come to.
    ///
    /// # Panics
    ///
    /// It does not. If the logger panics, so does the read.
    ///
    /// ```
    /// use contextvars::{context_var, lost};
    /// # use std::sync::Mutex;
    /// # static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    /// # struct Lines;
    /// # impl log::Log for Lines {
    /// #     fn enabled(&self, _: &log::Metadata<'_>) -> bool { true }
    /// #     fn log(&self, record: &log::Record<'_>) { LINES.lock().unwrap().push(record.args().to_string()) }
    /// #     fn flush(&self) {}
    /// # }
    /// # log::set_logger(&Lines).unwrap();
    /// # log::set_max_level(log::LevelFilter::Warn);
    ///
    /// #[context_var]
    /// static USER: &'static str = "nobody";
    ///
    /// lost::log();
    /// for _ in 0..3 {
    ///     let _ = USER.get();
    /// }
    /// // WARN contextvars::lost: context variable `USER` was read at src/main.rs:9:18, where no context is entered: ..
    /// # assert_eq!(LINES.lock().unwrap().len(), if cfg!(feature = "log") { 1 } else { 0 });
    /// ```
    pub fn log() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| on(warn).forever());
    }

    type Place = (&'static str, Attempt, bool, Location<'static>);

    /// Bounded by the text of the program.
    static WARNED: Mutex<Option<HashSet<Place>>> = Mutex::new(None);

    /// Whether this is the first report from its place.
    fn is_first(report: &Report) -> bool {
        let place = (
            report.variable(),
            report.attempt(),
            report.is_in_context(),
            *report.place(),
        );
        let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
        warned.get_or_insert_default().insert(place)
    }

    fn warn(report: &Report) {
        #[cfg(feature = "tracing")]
        if event::is_enabled() {
            if is_first(report) {
                event::dispatch(report);
            }
            return;
        }
        #[cfg(feature = "log")]
        if log::log_enabled!(target: super::TARGET, log::Level::Warn) && is_first(report) {
            log::warn!(target: super::TARGET, "{report}");
        }
    }

    #[cfg(feature = "tracing")]
    mod event {
        use super::Report;
        use tracing_core::callsite::DefaultCallsite;
        use tracing_core::field::{Value, display};
        use tracing_core::metadata::LevelFilter;
        use tracing_core::{Event, Kind, Level, Metadata, dispatcher, metadata};

        const FIELDS: [&str; 4] = ["message", "variable", "attempt", "place"];

        static CALLSITE: DefaultCallsite = DefaultCallsite::new(&METADATA);

        static METADATA: Metadata<'static> = metadata! {
            name: "lost context",
            target: super::super::TARGET,
            level: Level::WARN,
            fields: &FIELDS,
            callsite: &CALLSITE,
            kind: Kind::EVENT,
        };

        /// Whether a subscriber takes the event.
        pub(super) fn is_enabled() -> bool {
            if Level::WARN > LevelFilter::current() {
                return false;
            }
            // What interest the callsite has found when it was registered does not count: if that was on a thread that has no
            // subscriber, while another has one, it is "never" until the next subscriber is made.
            CALLSITE.register();
            dispatcher::get_default(|current| current.enabled(&METADATA))
        }

        pub(super) fn dispatch(report: &Report) {
            let fields = METADATA.fields();
            let [Some(message), Some(variable), Some(attempt), Some(place)] = FIELDS.map(|name| fields.field(name))
            else {
                return;
            };
            let (text, name) = (display(report), report.variable());
            let (tried, line) = (display(report.attempt()), display(report.place()));
            let values: [(&_, Option<&dyn Value>); 4] = [
                (&message, Some(&text)),
                (&variable, Some(&name)),
                (&attempt, Some(&tried)),
                (&place, Some(&line)),
            ];
            Event::dispatch(&METADATA, &fields.value_set(&values));
        }
    }
}

#[cfg(any(feature = "log", feature = "tracing"))]
const TARGET: &str = "contextvars::lost";
