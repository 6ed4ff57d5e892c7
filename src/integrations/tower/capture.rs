//! [`CaptureLayer`]: sends the caller's context along with each request.

use std::task::{self, Poll};

use tower_layer::Layer;
use tower_service::Service;

use super::captured_request::Captured;

/// Sends the context of its caller along with each request, to a [`RestoreLayer`](crate::tower::RestoreLayer) inside of
/// it.
///
/// The two go around a layer that calls the inner service on a task of its own. The most common one is tower's
/// `Buffer`: its worker calls the service for all callers, and has the context of none of them. Without the two, code
/// in `call` and layers that capture there see no values, although the caller itself polls the future of the response.
///
/// ```
/// use contextvars::context_var;
/// use contextvars::tower::{CaptureLayer, RestoreLayer};
/// use std::future::{Ready, ready};
/// use tower::{BoxError, Service, ServiceBuilder, ServiceExt};
///
/// #[context_var]
/// static USER: &'static str = "nobody";
///
/// /// Sends a request for the user, whose name it reads before there is a future.
/// fn send(path: &str) -> Ready<Result<String, BoxError>> {
///     ready(Ok(format!("GET {path} for {}", USER.get())))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = ServiceBuilder::new()
///     .layer(CaptureLayer::new())
///     .buffer(16) // many callers, one worker
///     .layer(RestoreLayer::new())
///     .service_fn(send);
/// let naive = ServiceBuilder::new().buffer(16).service_fn(send);
///
/// # let ask = async {
/// USER.scope("alice", async {
///     assert_eq!(client.oneshot("/orders").await?, "GET /orders for alice");
///     assert_eq!(naive.oneshot("/orders").await?, "GET /orders for nobody");
///     # Ok::<_, BoxError>(())
/// }).await
/// # };
/// # ask.await.unwrap();
/// # }
/// ```
///
/// The layers between the two get requests of the type [`Captured<R>`](Captured), which is read like an `R`. A policy
/// for retries is a `Policy<Captured<R>, ..>`. If the compiler says that a `CaptureService<..>` is no `Service`, the
/// `RestoreLayer` is missing, or a policy between the two is for `R`.
///
/// The context is the one in which `call` is called. A scope that is written around `client.call(request)` comes too
/// late: make the call inside of it, `USER.scope(user, async move { client.call(request).await })`, or use `oneshot`.
/// `poll_ready` stays in the caller's context.
///
/// In a server, the two go inside of the layers that set variables, and around the buffer:
///
/// ```
/// use axum::{Router, error_handling::HandleErrorLayer, extract::Request, http::StatusCode, routing::get};
/// use contextvars::context_var;
/// use contextvars::tower::{BindLayer, CaptureLayer, ContextLayer, RestoreLayer};
/// use tower::{BoxError, ServiceBuilder};
/// # use tower::ServiceExt as _;
///
/// #[context_var]
/// static USER: String = "nobody".to_owned();
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let limits = ServiceBuilder::new()
///     .layer(HandleErrorLayer::new(|_: BoxError| async { StatusCode::SERVICE_UNAVAILABLE }))
///     .layer(BindLayer::new(&USER, |request: &Request| {
///         request.headers().get("x-user")?.to_str().ok().map(str::to_owned)
///     }))
///     .layer(CaptureLayer::new())
///     .buffer(64)
///     .layer(RestoreLayer::new())
///     .layer(ContextLayer::new()); // it captures in `call`, which the buffer's worker makes
/// let app: Router = Router::new().route("/", get(async || USER.get())).layer(limits);
/// # let request = Request::get("/").header("x-user", "alice").body(axum::body::Body::empty()).unwrap();
/// # let response = app.oneshot(request).await.unwrap();
/// # assert_eq!(axum::body::to_bytes(response.into_body(), 100).await.unwrap(), "alice");
/// # }
/// ```
///
/// Variables that are [`local`](macro@crate::context_var) don't cross to the worker's task. A service does not see them
/// in `call`; in its future it sees those of the caller, if the caller polls that future.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CaptureLayer;

impl CaptureLayer {
    /// The layer. It has no settings.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for CaptureLayer {
    type Service = CaptureService<S>;

    fn layer(&self, inner: S) -> CaptureService<S> {
        CaptureService { inner }
    }
}

/// The service of a [`CaptureLayer`].
#[derive(Clone, Debug)]
pub struct CaptureService<S> {
    inner: S,
}

impl<S: Service<Captured<Request>>, Request> Service<Request> for CaptureService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> S::Future {
        self.inner.call(Captured::new(request))
    }
}
