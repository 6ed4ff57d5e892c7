//! [`Hook`]: what a user wants told.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

type Function<T> = dyn Fn(&T) + Send + Sync;

/// A function of the user's that is called with each report of a kind, or none.
pub(in crate::integrations) struct Hook<T>(Option<Arc<Function<T>>>);

impl<T> Hook<T> {
    pub(in crate::integrations) const NONE: Self = Self(None);

    pub(in crate::integrations) fn new(function: impl Fn(&T) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(function)))
    }

    pub(in crate::integrations) fn call(&self, reports: &[T]) {
        if let Some(function) = &self.0 {
            for report in reports {
                function(report);
            }
        }
    }
}

/// A hook is told, and tells nothing back.
impl<T> UnwindSafe for Hook<T> {}

impl<T> RefUnwindSafe for Hook<T> {}

impl<T> Clone for Hook<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
