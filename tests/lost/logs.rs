//! `lost::log()`: a warning for each place, once.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use contextvars::context_var;
use contextvars::lost::{self, Watch};
use contextvars::tracing::{ContextFields, WithVariables};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::{TENANT, USER};

type Lines = Arc<Mutex<Vec<String>>>;

/// Collects events as `field=value` in lines.
struct Collect(Lines);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl<S: Subscriber> Layer<S> for Collect {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut line = Line(format!("{} {}", metadata.level(), metadata.target()));
        event.record(&mut line);
        let _ = (USER.get(), TENANT.get()); // is not reported in turn
        self.0.lock().unwrap().push(line.0);
    }
}

#[test]
fn is_one_event_for_each_place() {
    lost::log();
    lost::log();
    let lines = Lines::default();
    let subscriber = tracing_subscriber::registry().with(Collect(lines.clone()));
    let first = tracing::subscriber::with_default(subscriber, || {
        for _ in 0..3 {
            let _ = USER.get();
            let _ = TENANT.get();
        }
        line!() - 3
    });
    let lines = lines.lock().unwrap();
    let [user, tenant] = &lines[..] else {
        panic!("{lines:#?}")
    };
    let place = format!("{}:{first}:26", file!());
    assert_eq!(
        *user,
        format!(
            "{} contextvars::lost message=context variable `USER` was read at {place}, where no context is entered: it \
             has no value variable=\"USER\" attempt=read, no value place={place}",
            Level::WARN
        ),
    );
    assert!(
        tenant.contains("variable=\"TENANT\" attempt=read, its default place="),
        "{tenant}"
    );
}

/// A subscriber that does not take it leaves the place for later.
#[test]
fn waits_for_a_subscriber_that_takes_it() {
    lost::log();
    let lines = Lines::default();
    let read = || assert_eq!(USER.get(), None);
    for (level, expected) in [(LevelFilter::ERROR, 0), (LevelFilter::WARN, 1), (LevelFilter::WARN, 1)] {
        let subscriber = tracing_subscriber::registry().with(level).with(Collect(lines.clone()));
        tracing::subscriber::with_default(subscriber, read);
        assert_eq!(lines.lock().unwrap().len(), expected, "{level}");
    }
}

/// Without a subscriber the `log` crate's logger gets it.
#[test]
fn is_a_record_where_no_subscriber_is() {
    #[context_var]
    static ONLY_LOGGED: u32;

    static RECORDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

    /// For this thread: other tests have subscribers, and rely on there being no logger.
    struct Logger(ThreadId);
    impl log::Log for Logger {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            thread::current().id() == self.0
        }
        fn log(&self, record: &log::Record<'_>) {
            assert!(self.enabled(record.metadata()));
            let line = format!("{} {}: {}", record.level(), record.target(), record.args());
            RECORDS.lock().unwrap().push(line);
        }
        fn flush(&self) {}
    }

    lost::log();
    log::set_boxed_logger(Box::new(Logger(thread::current().id()))).unwrap();
    log::set_max_level(log::LevelFilter::Warn);
    let line = line!() + 2;
    for _ in 0..3 {
        assert_eq!(ONLY_LOGGED.get(), None);
    }
    let records = RECORDS.lock().unwrap();
    let records: Vec<_> = records.iter().filter(|record| record.contains("ONLY_LOGGED")).collect();
    let start = "WARN contextvars::lost: context variable `ONLY_LOGGED` was read at ";
    assert!(
        records[0].starts_with(start) && records[0].contains(&format!("logs.rs:{line}:")),
        "{records:?}"
    );
    assert_eq!(records.len(), 1);
}

/// The formatters show the variables of a line that is logged outside every context.
#[test]
fn a_log_line_itself_loses_nothing() {
    struct Reads;
    impl log::Log for Reads {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &log::Record<'_>) {
            assert!(record.key_values().get("TENANT".into()).is_some());
        }
        fn flush(&self) {}
    }

    let watch = Watch::this_thread();
    let fields = ContextFields::new().with(&USER).with(&TENANT);
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::sink)
        .with_variables(fields)
        .finish();
    tracing::subscriber::with_default(subscriber, || tracing::info!("started"));
    watch.assert_none();
    let fields = ContextFields::new().with(&USER).with(&TENANT);
    let logger = contextvars::log::ContextLogger::new(Reads, fields);
    log::Log::log(&logger, &log::Record::builder().build());
    watch.assert_none();
}
