//! [`ContextLayer`]: gives each request a context of its own.

use std::task::{self, Poll};

use contextvars_core::__private::Capture;
use contextvars_core::InContext;
use tower_layer::Layer;
use tower_service::Service;

/// Gives each request a context of its own.
///
/// The context starts as a copy of the one in which `call` is called, or empty. It ends with the future of the
/// response, and so does what handlers and middleware have set in it. So requests don't see each other's values, be
/// they on one keep-alive connection, concurrent, or in clones of the service.
///
/// ```
/// use contextvars::{context_var, tower::ContextLayer};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// #[context_var]
/// static SEEN: u32 = 0;
///
/// async fn count(more: u32) -> Result<u32, std::fmt::Error> {
///     SEEN.set(SEEN.get() + more);
///     Ok(SEEN.get())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let service = ServiceBuilder::new().layer(ContextLayer::new()).service(service_fn(count));
/// assert_eq!(service.clone().oneshot(1).await, Ok(1));
/// assert_eq!(service.clone().oneshot(2).await, Ok(2));
/// assert_eq!(SEEN.scope(10, async { service.oneshot(3).await }).await, Ok(13));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ContextLayer {
    start: Start,
}

impl ContextLayer {
    /// Each request starts from a copy of the context in which the service is called.
    ///
    /// `axum::serve` and tonic's server call it in an empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            start: Start::Inherited,
        }
    }

    /// Each request starts empty.
    ///
    /// Use it if the code that calls the service has a context that is not the request's: a test that plays several
    /// clients, or a job that calls a service in the same process.
    ///
    /// ```
    /// use contextvars::{context_var, tower::ContextLayer};
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// #[context_var]
    /// static USER: &'static str = "nobody";
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let service = service_fn(async |()| Ok::<_, std::fmt::Error>(USER.get()));
    /// let fresh = ServiceBuilder::new().layer(ContextLayer::fresh()).service(service);
    /// assert_eq!(USER.scope("alice", async { fresh.oneshot(()).await }).await, Ok("nobody"));
    /// # }
    /// ```
    #[must_use]
    pub const fn fresh() -> Self {
        Self { start: Start::Fresh }
    }
}

impl Default for ContextLayer {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Clone, Copy, Debug)]
enum Start {
    Inherited,
    Fresh,
}

impl<S> Layer<S> for ContextLayer {
    type Service = ContextService<S>;

    fn layer(&self, inner: S) -> ContextService<S> {
        ContextService {
            inner,
            start: self.start,
        }
    }
}

/// The service of a [`ContextLayer`].
#[derive(Clone, Debug)]
pub struct ContextService<S> {
    inner: S,
    start: Start,
}

impl<S: Service<Request>, Request> Service<Request> for ContextService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = InContext<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> InContext<S::Future> {
        let call = || self.inner.call(request);
        match self.start {
            Start::Inherited => Capture::here().begin(call),
            Start::Fresh => Capture::fresh().begin(call),
        }
    }
}
