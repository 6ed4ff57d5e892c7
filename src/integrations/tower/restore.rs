//! [`RestoreLayer`]: calls in the context that was sent along with a request.

use std::task::{self, Poll};

use contextvars_core::InContext;
use tower_layer::Layer;
use tower_service::Service;

use super::captured_request::Captured;

/// Calls the inner service in the context that a [`CaptureLayer`](crate::tower::CaptureLayer) outside of it has sent
/// along with the request.
///
/// Each call has a copy of that context, and its future runs in it too, as inside of a
/// [`ContextLayer`](crate::tower::ContextLayer). The context is sealed, as that of a bound closure: a scope that is
/// written around the call applies neither to `call` nor to the future.
///
/// ```
/// use contextvars::tower::{Captured, RestoreLayer};
/// use contextvars::{Context, context_var};
/// use tower::{Layer, Service, service_fn};
///
/// #[context_var]
/// static USER: &'static str = "nobody";
///
/// let mut service = RestoreLayer::new().layer(service_fn(|greeting: &'static str| {
///     let called_for = USER.get();
///     async move { Ok::<_, std::fmt::Error>(format!("{greeting}, {called_for} or {}", USER.get())) }
/// }));
///
/// let request = USER.sync_scope("alice", || Captured::new("hello"));
/// let response = service.call(request); // here, or on a worker's task
/// assert_eq!(futures::executor::block_on(response), Ok("hello, alice or alice".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RestoreLayer;

impl RestoreLayer {
    /// The layer. It has no settings.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for RestoreLayer {
    type Service = RestoreService<S>;

    fn layer(&self, inner: S) -> RestoreService<S> {
        RestoreService { inner }
    }
}

/// The service of a [`RestoreLayer`].
#[derive(Clone, Debug)]
pub struct RestoreService<S> {
    inner: S,
}

impl<S: Service<Request>, Request> Service<Captured<Request>> for RestoreService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = InContext<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Captured<Request>) -> InContext<S::Future> {
        let (request, bound) = request.into_parts();
        bound.begin(|| self.inner.call(request))
    }
}
