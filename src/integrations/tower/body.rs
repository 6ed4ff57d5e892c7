//! [`BodyLayer`]: keeps the bodies of responses in the contexts of their requests. It needs the feature `http-body`.

use std::pin::Pin;
use std::task::{self, Poll, ready};

use contextvars_core::__private::Capture;
use contextvars_core::InContext;
use http::Response;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

/// Keeps the body of each response in the context of its request.
///
/// A server sends the body when the future of the response has completed, and the request's context has ended with it.
/// With this layer the body keeps that context: its frames and its trailers are made in it, and it is dropped in it,
/// whether it was sent, cut short by a client that went away, or never polled. The context is the one at the time of
/// the response, with all that the handler and the middleware inside of this layer have set. What the body sets stays
/// in the body.
///
/// Status, headers and extensions stay as they are. So do the size hint and the end of the body: a response with a
/// `Content-Length` keeps it.
///
/// ```
/// use axum::{Router, body::Body, extract::Request, routing::get};
/// use contextvars::{context_var, tower::{BindLayer, BodyLayer}};
/// use futures::{StreamExt, stream};
/// # use tower::ServiceExt as _;
///
/// #[context_var]
/// static USER: String = "nobody".to_owned();
///
/// async fn rows() -> Body {
///     Body::from_stream(stream::iter(1..=2).map(|row| Ok::<_, std::io::Error>(format!("{row} for {}\n", USER.get()))))
/// }
///
/// let app: Router = Router::new()
///     .route("/rows", get(rows))
///     .layer(BodyLayer::new()) // inside of the layers whose variables the body reads
///     .layer(BindLayer::new(&USER, |request: &Request| {
///         request.headers().get("x-user")?.to_str().ok().map(str::to_owned)
///     }));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn ask(app: Router, user: &str) -> axum::body::Bytes {
/// #     let request = Request::get("/rows").header("x-user", user).body(Body::empty()).unwrap();
/// #     let response = app.oneshot(request).await.unwrap();
/// #     axum::body::to_bytes(response.into_body(), 100).await.unwrap()
/// # }
/// # assert_eq!(ask(app, "alice"), "1 for alice\n2 for alice\n");
/// ```
///
/// # Where it goes
///
/// - Inside of the [`ContextLayer`](crate::tower::ContextLayer) and of every [`BindLayer`](crate::tower::BindLayer):
///   outside of them there is no context to keep, and the body gets an empty one.
/// - Outside of each layer that works while the body is sent: a `TraceLayer` of tower-http inside of it sees the
///   variables in `on_body_chunk` and `on_eos` too.
/// - On either side of a layer that replaces the body, by a compressed one for example.
///
/// The body does not see variables that are [`local`](macro@crate::context_var), as nothing does that goes on
/// elsewhere.
///
/// # Costs
///
/// Each response costs a capture, and each frame what a poll of any [`InContext`] costs. axum boxes a body that isn't
/// its own, which is one allocation for each response. The request's values live as long as its body: an endless stream
/// of events keeps them.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct BodyLayer;

impl BodyLayer {
    /// The layer. It has no settings.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for BodyLayer {
    type Service = BodyService<S>;

    fn layer(&self, inner: S) -> BodyService<S> {
        BodyService { inner }
    }
}

/// The service of a [`BodyLayer`].
#[derive(Clone, Debug)]
pub struct BodyService<S> {
    inner: S,
}

impl<S, Request, B> Service<Request> for BodyService<S>
where
    S: Service<Request, Response = Response<B>>,
{
    type Response = Response<ResponseBody<B>>;
    type Error = S::Error;
    type Future = BodyFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> BodyFuture<S::Future> {
        let inner = self.inner.call(request);
        BodyFuture { inner }
    }
}

/// The body of a response from a [`BodyService`]: a `B` in a copy of the context in which the response was made.
///
/// It captures as a call of an annotated function does: a stream inside of it that has captured a context itself keeps
/// it, and one that is `fresh` stays so.
pub type ResponseBody<B> = InContext<B>;

pin_project! {
    /// The response future of a [`BodyService`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct BodyFuture<F> {
        #[pin]
        inner: F,
    }
}

impl<F, B, E> Future for BodyFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<ResponseBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.project().inner.poll(cx))?;
        Poll::Ready(Ok(response.map(|body| Capture::here().wrapper(body))))
    }
}
