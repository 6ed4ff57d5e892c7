//! Collects what is lost, for tests.

use super::hooks::{Hook, on};
use super::report::{Attempt, Report};
use super::unreported::Unreported;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// One place is one row, however often it is come to. So the memory is bounded by the text of the program.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    place: Location<'static>,
    variable: &'static str,
    attempt: Attempt,
    is_in_context: bool,
    /// Tells variables of one name apart.
    address: usize,
}

impl Key {
    fn of(report: &Report) -> Self {
        Self {
            place: *report.place,
            variable: report.variable.name,
            attempt: report.attempt,
            is_in_context: report.is_in_context,
            address: ptr::from_ref(report.variable).addr(),
        }
    }
}

type Rows = BTreeMap<Key, Watched>;

/// Collects the places that lose their context, for a test to look at.
///
/// It collects from when it is made until it is dropped, and keeps one row for each place, variable and attempt, with a count.
///
/// ```
/// use contextvars::{ContextExt, context_var, lost, with_context};
/// use futures::FutureExt;
/// use futures::executor::{LocalPool, LocalSpawner};
/// use futures::task::LocalSpawnExt;
///
/// #[context_var]
/// static USER: &'static str;
///
/// async fn audit() -> Option<&'static str> {
///     USER.get()
/// }
///
/// #[with_context(USER = "alice")]
/// fn handle(spawner: &LocalSpawner) {
///     spawner.spawn_local(audit().in_current_context().map(drop)).unwrap();
/// }
///
/// let watch = lost::Watch::this_thread();
/// let mut pool = LocalPool::new();
/// handle(&pool.spawner());
/// pool.run();
/// watch.assert_none(); // nobody spawned `audit` bare
/// ```
#[derive(Debug)]
pub struct Watch {
    rows: Arc<Mutex<Rows>>,
    _hook: Hook,
}

impl Watch {
    /// Collects from every thread of the process.
    ///
    /// Tests that run beside this one are seen too: put such a test into a binary of its own, or see
    /// [`this_thread`](Self::this_thread).
    ///
    /// ```
    /// use contextvars::{context_var, lost};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// let watch = lost::Watch::new();
    /// std::thread::spawn(|| USER.get()).join().unwrap();
    /// assert_eq!(watch.reports().len(), 1);
    /// ```
    #[must_use = "it collects until it is dropped: bind it to a name"]
    #[allow(clippy::new_without_default)] // a `Watch::default()` would hide that it starts to collect
    pub fn new() -> Self {
        Self::of(None)
    }

    /// Collects from this thread alone: for a test whose runtime has one thread, beside other tests.
    ///
    /// ```
    /// use contextvars::{context_var, lost};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// let watch = lost::Watch::this_thread();
    /// std::thread::spawn(|| USER.get()).join().unwrap();
    /// watch.assert_none();
    /// let _ = USER.get();
    /// assert_eq!(watch.reports().len(), 1);
    /// ```
    #[must_use = "it collects until it is dropped: bind it to a name"]
    pub fn this_thread() -> Self {
        Self::of(Some(thread::current().id()))
    }

    fn of(thread: Option<ThreadId>) -> Self {
        let rows = Arc::new(Mutex::new(Rows::new()));
        let collected = rows.clone();
        let hook = on(move |report| {
            if thread.is_none_or(|thread| thread == report.thread.id()) {
                let mut rows = lock(&collected);
                let row = rows.entry(Key::of(report)).or_insert_with(|| Watched {
                    report: report.clone(),
                    times: 0,
                });
                row.times += 1;
            }
        });
        Self { rows, _hook: hook }
    }

    /// What was collected so far, in the order of the places.
    ///
    /// ```
    /// use contextvars::{context_var, lost};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// let watch = lost::Watch::this_thread();
    /// for _ in 0..3 {
    ///     let _ = USER.get();
    /// }
    /// let [lost] = &watch.reports()[..] else { panic!() };
    /// assert_eq!((lost.report().variable(), lost.times()), ("USER", 3));
    /// ```
    #[must_use]
    pub fn reports(&self) -> Vec<Watched> {
        // An allocator may read variables, too: without a report, which would want the lock.
        let _unreported = Unreported::begin();
        lock(&self.rows).values().cloned().collect()
    }

    /// Panics if anything was collected, with a table of the places.
    ///
    /// # Panics
    ///
    /// Unless nothing was collected.
    ///
    /// ```should_panic
    /// use contextvars::{context_var, lost};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// let watch = lost::Watch::this_thread();
    /// let _ = USER.get();
    /// watch.assert_none();
    /// // context is lost in 1 place:
    /// //   place            variable  what            times  thread
    /// //   src/main.rs:8:14 USER      read, no value      1  main
    /// ```
    #[track_caller]
    pub fn assert_none(&self) {
        let rows = self.reports();
        assert!(rows.is_empty(), "{}", Table(&rows));
    }
}

/// A place that [`Watch`] has collected: the first report from there, and how often it came.
///
/// ```
/// use contextvars::{context_var, lost};
///
/// #[context_var]
/// static USER: &'static str;
///
/// let watch = lost::Watch::this_thread();
/// let error = USER.try_set("alice").unwrap_err();
/// let [lost] = &watch.reports()[..] else { panic!() };
/// assert_eq!(lost.report().attempt(), lost::Attempt::Write);
/// assert_eq!(lost.times(), 1);
/// # drop(error);
/// ```
#[derive(Clone, Debug)]
pub struct Watched {
    report: Report,
    times: u64,
}

impl Watched {
    /// The first report from this place.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// How often it was reported.
    #[must_use]
    pub fn times(&self) -> u64 {
        self.times
    }
}

/// What is in the rows is whole at any time.
fn lock(rows: &Mutex<Rows>) -> MutexGuard<'_, Rows> {
    rows.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Table<'a>(&'a [Watched]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["place", "variable", "what", "times", "thread"].map(str::to_owned);
        let body = self.0.iter().map(|row| {
            let report = &row.report;
            let required = if report.is_in_context { " (required)" } else { "" };
            [
                report.place.to_string(),
                report.variable.name.to_owned(),
                format!("{}{required}", report.attempt),
                row.times.to_string(),
                report.thread.name().unwrap_or("unnamed").to_owned(),
            ]
        });
        let lines: Vec<_> = [head].into_iter().chain(body).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let [place_width, variable_width, what_width, times_width] = [0, 1, 2, 3].map(width);
        let s = if self.0.len() == 1 { "" } else { "s" };
        writeln!(f, "context is lost in {} place{s}:", self.0.len())?;
        for [place, variable, what, times, thread] in &lines {
            writeln!(
                f,
                "  {place:place_width$}  {variable:variable_width$}  {what:what_width$}  {times:>times_width$}  {thread}"
            )?;
        }
        f.write_str(
            "whoever spawned it bare spawns an annotated function, `future.in_current_context()` or `bind!(async { .. })`",
        )
    }
}
