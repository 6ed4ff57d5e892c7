//! [`ContextFields`]: the variables that a log shows, and their names.

use std::cell::Cell;
use std::fmt;

use contextvars_core::{Shown, Variable};

/// The variables that a log shows, and the name of each in the log.
///
/// Make one where logging is set up. Each event or record shows the values at the time it is emitted: the value that is
/// set, else the default. A variable with neither is left out. One declared with `redact` shows `<redacted>`.
///
/// The `Debug` of a value, or the expression of a default, may log too: such an event shows no variables, so that
/// nothing recurses. If it panics, so does the call that logs, as for a field of its own.
///
/// ```
/// use contextvars::context_var;
/// # #[cfg(feature = "tracing")]
/// use contextvars::tracing::ContextFields;
/// # #[cfg(not(feature = "tracing"))]
/// # use contextvars::log::ContextFields;
///
/// #[context_var]
/// static USER: String;
/// #[context_var]
/// static ATTEMPT: u32 = 1;
///
/// let fields = ContextFields::new().with(&USER).with_name("attempt", &ATTEMPT);
/// assert_eq!(format!("{fields:?}"), r#"{"USER": USER, "attempt": ATTEMPT}"#);
/// ```
#[derive(Clone)]
#[must_use]
pub struct ContextFields {
    entries: Vec<Entry>,
    #[cfg(feature = "tracing")]
    key: &'static str,
}

#[derive(Clone, Copy)]
struct Entry {
    name: &'static str,
    var: &'static dyn Variable,
}

impl ContextFields {
    /// Shows no variables.
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            #[cfg(feature = "tracing")]
            key: "context",
        }
    }

    /// Shows `var` under the name that it was declared with.
    ///
    /// # Panics
    ///
    /// If a field has the name already.
    #[track_caller]
    pub fn with(self, var: &'static dyn Variable) -> Self {
        self.with_name(var.name(), var)
    }

    /// Shows `var` under another name, such as the one that dashboards use, or to tell it from another crate's
    /// variable.
    ///
    /// # Panics
    ///
    /// If a field has the name already.
    #[track_caller]
    pub fn with_name(mut self, name: &'static str, var: &'static dyn Variable) -> Self {
        let is_taken = self.entries.iter().any(|entry| entry.name == name);
        assert!(
            !is_taken,
            "there is a field `{name}` already: use `with_name` to give this one another name"
        );
        self.entries.push(Entry { name, var });
        self
    }

    /// Sets the name of the member of JSON objects that holds the variables. It is `"context"` by default.
    ///
    /// If an object has a member of that name already, underscores are added to the name.
    #[cfg(feature = "tracing")]
    pub const fn json_key(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn key(&self) -> &'static str {
        self.key
    }

    /// Calls `f` with the name and the value of each variable that has one.
    #[cfg(feature = "tracing")]
    pub(crate) fn each(&self, f: &mut dyn FnMut(&'static str, Shown<'_>)) {
        if are_suppressed() {
            return;
        }
        let _guard = SuppressFields::set(true);
        for entry in &self.entries {
            entry.var.show(&mut |value| {
                if let Some(value) = value {
                    f(entry.name, value);
                }
            });
        }
    }

    /// Calls `f` once with all fields that have a value: the last one, which links to the one before it.
    #[cfg(feature = "log")]
    pub(crate) fn lend(&self, f: &mut dyn FnMut(Option<&LentField<'_>>)) {
        fn lend_rest(entries: &[Entry], previous: Option<&LentField<'_>>, f: &mut dyn FnMut(Option<&LentField<'_>>)) {
            let Some((entry, rest)) = entries.split_first() else {
                // `f` logs the record, which is not part of showing a value.
                let _guard = SuppressFields::set(false);
                return f(previous);
            };
            entry.var.show(&mut |value| match value {
                None => lend_rest(rest, previous, f),
                Some(value) => {
                    let name = entry.name;
                    lend_rest(rest, Some(&LentField { name, value, previous }), f);
                }
            });
        }

        if are_suppressed() {
            return f(None);
        }
        let _guard = SuppressFields::set(true);
        lend_rest(&self.entries, None, f);
    }
}

impl Default for ContextFields {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ContextFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for entry in &self.entries {
            map.entry(&entry.name, &format_args!("{}", entry.var.name()));
        }
        map.finish()
    }
}

/// One of several fields that are lent at once.
#[cfg(feature = "log")]
pub(crate) struct LentField<'a> {
    pub(crate) name: &'static str,
    pub(crate) value: Shown<'a>,
    pub(crate) previous: Option<&'a LentField<'a>>,
}

#[cfg(feature = "log")]
impl fmt::Debug for LentField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _guard = SuppressFields::set(true);
        self.value.fmt(f)
    }
}

thread_local! {
    /// Whether this thread is showing a value. A `bool` has no destructor, so this works while the thread ends.
    static ARE_SUPPRESSED: Cell<bool> = const { Cell::new(false) };
}

fn are_suppressed() -> bool {
    ARE_SUPPRESSED.get()
}

/// Until this is dropped, what the thread logs shows no variables, or shows them again.
struct SuppressFields {
    before: bool,
}

impl SuppressFields {
    fn set(are_suppressed: bool) -> Self {
        Self {
            before: ARE_SUPPRESSED.replace(are_suppressed),
        }
    }
}

impl Drop for SuppressFields {
    fn drop(&mut self) {
        ARE_SUPPRESSED.set(self.before);
    }
}
