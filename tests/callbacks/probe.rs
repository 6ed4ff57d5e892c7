//! A value whose `Clone`, `Drop`, `Debug` or `PartialEq` calls back, once.

use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use crate::Callback;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum In {
    Clone,
    Debug,
    Drop,
    Eq,
}

pub(crate) struct Probe {
    pub(crate) name: &'static str,
    /// On the heap, where a use after free reads something else.
    text: String,
    callback: Mutex<Option<(In, Callback)>>,
}

/// A value that calls nobody.
pub(crate) fn quiet(name: &'static str) -> Probe {
    Probe {
        name,
        text: name.repeat(50),
        callback: Mutex::new(None),
    }
}

/// A value named "armed" that calls back.
pub(crate) fn armed(moment: In, callback: Callback) -> Probe {
    let probe = quiet("armed");
    probe.arm(moment, callback);
    probe
}

impl Probe {
    pub(crate) fn arm(&self, moment: In, callback: Callback) {
        *self.callback.lock().unwrap_or_else(PoisonError::into_inner) = Some((moment, callback));
    }

    fn call_back(&self, now: In) {
        let callback = {
            let mut armed = self.callback.lock().unwrap_or_else(PoisonError::into_inner);
            armed.take_if(|(moment, _)| *moment == now)
        };
        if let Some((_, callback)) = callback {
            self.stays_valid(|| callback());
        }
    }

    /// Runs `f`, and looks whether this value is still what it was.
    pub(crate) fn stays_valid(&self, f: impl FnOnce()) {
        let outcome = panic::catch_unwind(AssertUnwindSafe(f));
        let over: Vec<String> = (b'!'..b'Q')
            .map(|c| char::from(c).to_string().repeat(self.text.len()))
            .collect();
        std::hint::black_box(over);
        assert_eq!(self.text, self.name.repeat(50), "what was lent is still there");
        outcome.unwrap_or_else(|payload| panic::resume_unwind(payload));
    }
}

impl Clone for Probe {
    fn clone(&self) -> Self {
        self.call_back(In::Clone);
        quiet(self.name)
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call_back(In::Debug);
        f.write_str(self.name)
    }
}

impl PartialEq for Probe {
    fn eq(&self, other: &Self) -> bool {
        self.call_back(In::Eq);
        self.name == other.name
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.call_back(In::Drop);
    }
}
