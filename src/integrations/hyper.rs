//! The executors of the crate `hyper`.

use super::inherit::{Inherit, inherited};
use contextvars_core::InContext;
use hyper::rt::Executor;

#[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
impl<E: Executor<InContext<F>>, F> Executor<F> for Inherit<E> {
    fn execute(&self, future: F) {
        self.0.execute(inherited(future));
    }
}
