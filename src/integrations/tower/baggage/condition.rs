//! [`Condition`]: which requests a layer is for.

use http::Request;

/// Which requests a layer reads or stamps: [`Always`], or a closure `|request: &Request<_>| -> bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't say of a request with the body `{B}` whether a layer is for it",
    label = "it is a closure such as `|request: &http::Request<_>| true`"
)]
pub trait Condition<B> {
    #[doc(hidden)]
    fn holds(&self, request: &Request<B>) -> bool;
}

/// Every request: the condition of a layer without `only_if`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Always;

impl Always {
    pub(super) const fn new() -> Self {
        Self
    }
}

impl<B> Condition<B> for Always {
    fn holds(&self, _: &Request<B>) -> bool {
        true
    }
}

#[diagnostic::do_not_recommend]
impl<B, F: Fn(&Request<B>) -> bool> Condition<B> for F {
    fn holds(&self, request: &Request<B>) -> bool {
        self(request)
    }
}
