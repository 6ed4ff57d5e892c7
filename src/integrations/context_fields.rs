//! [`ContextFields`]: the variables that a log shows, and their names.

use std::cell::Cell;
use std::fmt;

use contextvars_core::{Shown, Variable};

/// The variables that a log shows, and the names that it shows them by.
///
/// Made once, where logging is set up. Each event or record shows the values that are current when it is emitted: the
/// bound one, else the default. A variable with neither is left out, one declared with `redact` shows `<redacted>`.
///
/// While the value of a variable is being shown, what it logs itself (from its `Debug`, from the expression of a default)
/// shows no variables: nothing recurses. Where one panics, so does the call that logs, as for a field of its own.
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
    /// Shows no variables yet.
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
    /// When the name is taken: two fields of one name can't be told apart.
    #[track_caller]
    pub fn with(self, var: &'static dyn Variable) -> Self {
        self.with_name(var.name(), var)
    }

    /// Shows `var` under a name of its own: the one that dashboards know, or that sets it apart from another crate's.
    ///
    /// # Panics
    ///
    /// When the name is taken.
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

    /// The member of JSON objects that holds the variables, `"context"` if not said otherwise.
    ///
    /// Where an object has a member of that name already, the variables go to one with underscores after it.
    #[cfg(feature = "tracing")]
    pub const fn json_key(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn key(&self) -> &'static str {
        self.key
    }

    /// Calls `f` with each variable that has a value.
    #[cfg(feature = "tracing")]
    pub(crate) fn each(&self, f: &mut dyn FnMut(&'static str, Shown<'_>)) {
        if is_quiet() {
            return;
        }
        let _quiet = Quiet::begin(true);
        for entry in &self.entries {
            entry.var.show(&mut |value| {
                if let Some(value) = value {
                    f(entry.name, value);
                }
            });
        }
    }

    /// Lends all values at once, each with a link to the one before it.
    #[cfg(feature = "log")]
    pub(crate) fn lend(&self, f: &mut dyn FnMut(Option<&LentField<'_>>)) {
        fn from(entries: &[Entry], previous: Option<&LentField<'_>>, f: &mut dyn FnMut(Option<&LentField<'_>>)) {
            let Some((entry, rest)) = entries.split_first() else {
                let _loud = Quiet::begin(false);
                return f(previous);
            };
            entry.var.show(&mut |value| match value {
                None => from(rest, previous, f),
                Some(value) => {
                    let name = entry.name;
                    from(rest, Some(&LentField { name, value, previous }), f);
                }
            });
        }

        if is_quiet() {
            return f(None);
        }
        let _quiet = Quiet::begin(true);
        from(&self.entries, None, f);
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

/// One of several values that are lent at once.
#[cfg(feature = "log")]
pub(crate) struct LentField<'a> {
    pub(crate) name: &'static str,
    pub(crate) value: Shown<'a>,
    pub(crate) previous: Option<&'a LentField<'a>>,
}

#[cfg(feature = "log")]
impl fmt::Debug for LentField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _quiet = Quiet::begin(true);
        self.value.fmt(f)
    }
}

thread_local! {
    /// Whether this thread is showing a variable. Without a destructor, so that it works while the thread ends.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

fn is_quiet() -> bool {
    IS_QUIET.get()
}

/// What this thread logs shows no variables (or, inside that, shows them again) until this is dropped.
struct Quiet {
    before: bool,
}

impl Quiet {
    fn begin(is_quiet: bool) -> Self {
        Self {
            before: IS_QUIET.replace(is_quiet),
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        IS_QUIET.set(self.before);
    }
}
