//! A value's `Debug` in one line, also where a panic in it would abort the process.

use crate::current;
use crate::map::Map;
use crate::map::binding::BindingRef;
use std::cell::Cell;
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{mem, thread};

/// What is kept of a value, in characters. No screen is wider.
const KEPT: usize = 120;

const NOT_SHOWN: &str = "<not shown>";

/// What the `Debug` of each value writes, in one line.
///
/// A panic inside a panic hook aborts the process, and nothing can catch it. So a thread that panics has the values shown
/// by another one, which they can cross to, as values of variables can.
pub(super) fn lines(bindings: &[&BindingRef]) -> Vec<String> {
    if thread::panicking() {
        on_another_thread(bindings).unwrap_or_else(|| vec![NOT_SHOWN.to_owned(); bindings.len()])
    } else {
        bindings.iter().map(|binding| line(binding)).collect()
    }
}

thread_local! {
    /// Whether this thread was started to show values. When it panics, its panic hook comes back here.
    static SHOWS: Cell<bool> = const { Cell::new(false) };
}

/// `None` if there can be no other thread.
fn on_another_thread(bindings: &[&BindingRef]) -> Option<Vec<String>> {
    if SHOWS.get() {
        return None;
    }
    let caught = |binding: &&BindingRef| {
        catch_unwind(AssertUnwindSafe(|| line(binding))).unwrap_or_else(|payload| {
            // Its destructor may panic, too.
            mem::forget(payload);
            "<its Debug panicked>".to_owned()
        })
    };
    thread::scope(|scope| {
        let show = || {
            SHOWS.set(true);
            let values = || bindings.iter().map(caught).collect();
            current::inside(&mut current::nested(Map::new()), values)
        };
        let thread = thread::Builder::new().name("debug of a context".to_owned());
        thread.spawn_scoped(scope, show).ok()?.join().ok()
    })
}

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
    len: usize,
    is_at_break: bool,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.len >= KEPT {
                // No error: a `Debug` may unwrap what it is given.
                break;
            }
            if character.is_control() {
                self.is_at_break = true;
            } else if !(self.is_at_break && character.is_whitespace()) {
                if mem::take(&mut self.is_at_break) && self.len > 0 {
                    self.text.push(' ');
                    self.len += 1;
                }
                self.text.push(character);
                self.len += 1;
            }
        }
        Ok(())
    }
}
