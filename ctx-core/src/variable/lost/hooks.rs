//! Who is told of lost context, and how a read or a write tells them.

use super::report::{Attempt, Report};
use super::reporter;
use super::unreported::{Unreported, is_unreported};
use crate::current;
use crate::descriptor::{self, Descriptor};
use std::fmt;
use std::mem;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

#[derive(Clone)]
struct Entry {
    id: u64,
    hook: Arc<dyn Fn(&Report) + Send + Sync>,
}

struct Hooks {
    last_id: u64,
    /// A report takes a copy of the handle, and calls the hooks when it has left the lock.
    entries: Option<Arc<Vec<Entry>>>,
}

static HOOKS: Mutex<Hooks> = Mutex::new(Hooks {
    last_id: 0,
    entries: None,
});

/// What is in the list is whole at any time.
fn lock() -> MutexGuard<'static, Hooks> {
    HOOKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Replaces the list, and returns the old one, whose last owner drops hooks: not under the lock.
fn change(hooks: &mut Hooks, entries: Vec<Entry>) -> Option<Arc<Vec<Entry>>> {
    descriptor::report_misses(!entries.is_empty());
    let new = (!entries.is_empty()).then(|| Arc::new(entries));
    mem::replace(&mut hooks.entries, new)
}

/// Calls `hook` with each [`Report`] of lost context, on every thread, until the [`Hook`] that it returns is dropped.
///
/// The hook runs on the thread that used the variable, before the read or write goes on, and under no lock. It may do what
/// it likes. What it reads itself is not reported. Several hooks are called in the order in which they were added.
///
/// A hook is called for each use, a million times for a million reads: `lost::log()` and [`Watch`](crate::lost::Watch) are
/// made for that.
///
/// ```
/// use contextvars::{context_var, lost};
/// use std::sync::Mutex;
///
/// #[context_var]
/// static USER: &'static str;
///
/// static LOST: Mutex<Vec<String>> = Mutex::new(Vec::new());
///
/// let hook = lost::on(|report| {
///     let place = report.place();
///     LOST.lock().unwrap().push(format!("{} at line {}", report.variable(), place.line()));
/// });
/// let _ = USER.get();
/// drop(hook); // or `.forever()`, in `main`
/// let _ = USER.get();
/// assert_eq!(*LOST.lock().unwrap(), [format!("USER at line {}", line!() - 3)]);
/// ```
///
/// # Panics
///
/// `on` does not. A panic of `hook` goes on in the call that used the variable: a `get`, say, which panics then. A hook that
/// asserts makes a test fail at the very line.
pub fn on(hook: impl Fn(&Report) + Send + Sync + 'static) -> Hook {
    let hook = Arc::new(hook);
    reporter::set(report);
    // An allocator may read variables, too: without a report, which would want the lock.
    let _unreported = Unreported::begin();
    let mut hooks = lock();
    hooks.last_id += 1;
    let id = hooks.last_id;
    let mut entries: Vec<Entry> = hooks
        .entries
        .iter()
        .flat_map(|entries| entries.iter().cloned())
        .collect();
    entries.push(Entry { id, hook });
    let old = change(&mut hooks, entries);
    drop(hooks);
    drop(old);
    Hook { id }
}

/// A hook that [`on`] has added. Dropping it removes the hook.
///
/// Another thread that is calling the hook at that moment finishes the call.
///
/// ```
/// use contextvars::lost;
///
/// fn main() {
///     lost::on(|report| eprintln!("{report}")).forever();
///     // ..
/// }
/// ```
#[must_use = "the hook is removed when this is dropped: bind it to a name, or call `.forever()`"]
pub struct Hook {
    id: u64,
}

impl Hook {
    /// Keeps the hook for as long as the process runs.
    ///
    /// ```
    /// contextvars::lost::on(|report| eprintln!("{report}")).forever();
    /// ```
    pub fn forever(self) {
        mem::forget(self);
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        let _unreported = Unreported::begin();
        let mut hooks = lock();
        let entries = hooks.entries.iter().flat_map(|entries| entries.iter());
        let others = entries.filter(|entry| entry.id != self.id).cloned().collect();
        let old = change(&mut hooks, others);
        drop(hooks);
        drop(old);
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").finish_non_exhaustive()
    }
}

fn report(variable: &'static Descriptor, attempt: Attempt, place: &'static Location<'static>) {
    let is_in_context = current::is_entered();
    let is_lost = !is_in_context || variable.is_required && attempt != Attempt::Write;
    if !is_lost || is_unreported() {
        return;
    }
    let _unreported = Unreported::begin();
    let entries = lock().entries.clone();
    let report = Report {
        variable,
        attempt,
        place,
        is_in_context,
        thread: thread::current(),
    };
    for entry in entries.iter().flat_map(|entries| entries.iter()) {
        (entry.hook)(&report);
    }
}
