//! The bodies of responses, in the contexts of their requests.

use std::pin::Pin;
use std::task::{self, Poll, ready};

use contextvars_core::__private::Capture;
use contextvars_core::InContext;
use http::Response;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

/// Takes the body of each response along into the context of its request.
///
/// A server sends the body when the response's future is done, and the request's context with it. Below this layer the
/// body keeps that context: each frame is made in it, the trailers are, and the body is dropped in it, whether it was
/// sent, cut short by a client that went away, or never asked for. It is the context as it is when the response is there,
/// with all that the handler and the middleware below have set, and what the body sets stays in the body.
///
/// Status, headers and extensions are as they were, and so are size and end of the body, so that a `Content-Length` stays
/// one.
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
///     .layer(BodyLayer::new()) // below the layers whose variables a body shall see
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
/// Below the [`ContextLayer`](crate::tower::ContextLayer) and every [`BindLayer`](crate::tower::BindLayer): above them
/// there is no context to take along, and the body gets an empty one. And above each layer that works while the body is
/// sent: a `TraceLayer` of tower-http that stands below it knows the variables in `on_body_chunk` and `on_eos` too. A
/// layer that makes another body of the one that it gets, to compress it say, may stand on either side.
///
/// Variables that are [`local`](macro@crate::context_var) stay behind, as at every place where something goes on
/// elsewhere.
///
/// # Costs
///
/// A capture for each response, and for each frame what a poll of any [`InContext`] costs. axum puts a body that isn't
/// its own in a box, which is an allocation for each response. And what the request has bound lives as long as its
/// body: a stream of events that is never over keeps it.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct BodyLayer;

impl BodyLayer {
    /// Each body is polled and dropped in the context in which its response was made.
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
/// It is a capture as a call of an annotated function is one. A stream in it that has captured on its own keeps its own
/// context, and one that is `fresh` stays so.
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
