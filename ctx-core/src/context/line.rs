//! A value's `Debug` in one line, also where a panic in it would abort the process.
//!
//! What shows contexts is inlined, here and in `debug`, `diff` and `table`: it is compiled where a context is shown. A
//! program that shows none would else have its debug info, 0.7 MB.

use crate::current;
use crate::map::Map;
use crate::map::binding::BindingRef;
use std::cell::Cell;
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, thread};

/// What is kept of a value, in bytes: no line is wider, whatever its characters are.
const KEPT: usize = 4 * 100;

/// How long a thread that panics waits until all values are shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the `Debug` of each value writes, in one line.
///
/// A panic inside a panic hook aborts the process, and nothing can catch it. So a thread that panics has the values shown
/// by another one. It does not wait for ever: it may hold the lock that a `Debug` wants, or that the panic hook wants
/// because of this `Debug`, as when `eprintln!` has locked the standard error.
#[inline]
pub(super) fn lines(bindings: &[&BindingRef]) -> Vec<String> {
    if thread::panicking() {
        let mut lines = on_another_thread(bindings);
        lines.resize(bindings.len(), "<not shown>".to_owned());
        lines
    } else {
        bindings.iter().map(|binding| line(binding)).collect()
    }
}

thread_local! {
    /// Whether this thread was started to show values. When it panics, its panic hook comes back here.
    static SHOWS: Cell<bool> = const { Cell::new(false) };
}

/// What one thread shows for another.
struct Shown {
    lines: Vec<String>,
    are_all: bool,
}

/// As many as can be had.
#[inline]
fn on_another_thread(bindings: &[&BindingRef]) -> Vec<String> {
    if SHOWS.get() {
        return Vec::new();
    }
    let none_yet = Shown {
        lines: Vec::with_capacity(bindings.len()),
        are_all: false,
    };
    let here = Arc::new((Mutex::new(none_yet), Condvar::new()));
    let there = here.clone();
    let shared: Vec<_> = bindings.iter().copied().cloned().collect();
    let show = move || {
        SHOWS.set(true);
        let (shown, changed) = &*there;
        current::inside(&mut current::nested(Map::new()), || {
            for binding in &shared {
                let line = caught_line(binding);
                lock(shown).lines.push(line);
            }
        });
        // While the other thread waits: so no value has its last handle here.
        drop(shared);
        lock(shown).are_all = true;
        changed.notify_one();
    };
    let thread = thread::Builder::new().name("debug of a context".to_owned());
    if thread.spawn(show).is_err() {
        return Vec::new();
    }
    let (shown, changed) = &*here;
    let waited = changed.wait_timeout_while(lock(shown), PATIENCE, |shown| !shown.are_all);
    mem::take(&mut waited.unwrap_or_else(PoisonError::into_inner).0.lines)
}

/// Nobody panics while it is locked.
#[inline]
fn lock(shown: &Mutex<Shown>) -> MutexGuard<'_, Shown> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}

#[inline]
fn caught_line(binding: &BindingRef) -> String {
    catch_unwind(|| line(binding)).unwrap_or_else(|payload| {
        // Its destructor may panic, too. What that says is leaked, or it would go on like that.
        mem::forget(catch_unwind(AssertUnwindSafe(|| drop(payload))));
        "<its Debug panicked>".to_owned()
    })
}

#[inline]
fn line(binding: &BindingRef) -> String {
    let mut line = Line::default();
    match write!(line, "{binding:?}") {
        Ok(()) => line.text,
        Err(fmt::Error) => "<its Debug failed>".to_owned(),
    }
}

/// Takes any text, and keeps the start of it with a blank for each line break.
#[derive(Default)]
struct Line {
    text: String,
    is_at_break: bool,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.text.len() > KEPT {
                // No error: a `Debug` may unwrap what it is given.
                break;
            }
            if character.is_control() {
                self.is_at_break = true;
            } else if !(self.is_at_break && character.is_whitespace()) {
                if mem::take(&mut self.is_at_break) && !self.text.is_empty() {
                    self.text.push(' ');
                }
                self.text.push(character);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
