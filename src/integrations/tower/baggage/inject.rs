//! [`InjectLayer`]: stamps outgoing requests.

use super::super::super::baggage::hook::Hook;
use super::super::super::baggage::{Baggage, LeftOut};
use super::condition::{Always, Condition};
use http::Request;
use std::fmt;
use std::panic::Location;
use std::task::{self, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Writes the variables that are bound into the `baggage` header of each request that a client sends.
///
/// They are those of the context in which the client is called. So the layer goes outside of a `Buffer`, which calls in
/// another task.
///
/// ```
/// use contextvars::{baggage::Baggage, context_var, tower::InjectLayer};
/// use http::Request;
/// use std::sync::LazyLock;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// #[context_var]
/// static TENANT: String;
/// static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));
///
/// let connection = service_fn(async |request: Request<()>| {
///     Ok::<_, std::fmt::Error>(request.headers()["baggage"].to_str().unwrap().to_owned())
/// });
/// let client = ServiceBuilder::new().layer(InjectLayer::new(&BAGGAGE)).service(connection);
///
/// let sent = TENANT.scope("acme".to_owned(), async { client.oneshot(Request::new(())).await });
/// assert_eq!(futures::executor::block_on(sent), Ok("tenant=acme".to_owned()));
/// ```
#[derive(Clone)]
pub struct InjectLayer<If = Always> {
    baggage: &'static Baggage,
    condition: If,
    room: usize,
    on_left_out: Hook<LeftOut>,
    place: &'static Location<'static>,
}

impl InjectLayer {
    /// Stamps every request.
    #[must_use]
    #[track_caller]
    pub const fn new(baggage: &'static Baggage) -> Self {
        Self {
            baggage,
            condition: Always::new(),
            room: usize::MAX,
            on_left_out: Hook::NONE,
            place: Location::caller(),
        }
    }

    /// Stamps those requests alone for which `is_ours` returns true.
    ///
    /// The others are sent as they are. Use it for a client that also talks to servers of others, which need not know.
    ///
    /// ```
    /// use contextvars::{baggage::Baggage, context_var, tower::InjectLayer};
    /// use http::Request;
    /// use std::sync::LazyLock;
    /// use tower::{Layer, ServiceExt, service_fn};
    ///
    /// #[context_var]
    /// static TENANT: String;
    /// static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));
    ///
    /// fn is_ours<B>(request: &Request<B>) -> bool {
    ///     request.uri().host().is_some_and(|host| host.ends_with(".internal"))
    /// }
    ///
    /// let connection = service_fn(async |request: Request<()>| {
    ///     Ok::<_, std::fmt::Error>(request.headers().contains_key("baggage"))
    /// });
    /// let client = InjectLayer::new(&BAGGAGE).only_if(is_ours).layer(connection);
    /// # let stamped = |uri: &str| {
    /// #     let request = Request::get(uri).body(()).unwrap();
    /// #     let sent = TENANT.scope("acme".to_owned(), async { client.clone().oneshot(request).await });
    /// #     futures::executor::block_on(sent).unwrap()
    /// # };
    /// # assert!(stamped("http://prices.internal/"));
    /// # assert!(!stamped("http://example.com/"));
    /// ```
    #[must_use]
    pub fn only_if<B, F: Fn(&Request<B>) -> bool>(self, is_ours: F) -> InjectLayer<F> {
        InjectLayer {
            baggage: self.baggage,
            condition: is_ours,
            room: self.room,
            on_left_out: self.on_left_out,
            place: self.place,
        }
    }
}

impl<If> InjectLayer<If> {
    /// Lets the header take no more than `bytes`: 4,096 for gRPC, where some servers refuse calls from 8,192 bytes of
    /// all metadata.
    #[must_use]
    pub const fn within(mut self, bytes: usize) -> Self {
        self.room = bytes;
        self
    }

    /// Calls `hook` with each variable that is left out.
    #[must_use]
    pub fn on_left_out(mut self, hook: impl Fn(&LeftOut) + Send + Sync + 'static) -> Self {
        self.on_left_out = Hook::new(hook);
        self
    }

    fn inject<B>(&self, request: &mut Request<B>)
    where
        If: Condition<B>,
    {
        if !self.condition.holds(request) {
            return;
        }
        let left_out = self.baggage.inject_at(request.headers_mut(), self.room, self.place);
        self.on_left_out.call(&left_out);
    }
}

impl<If> fmt::Debug for InjectLayer<If> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InjectLayer")
            .field("baggage", &self.baggage)
            .finish_non_exhaustive()
    }
}

impl<S, If: Clone> Layer<S> for InjectLayer<If> {
    type Service = InjectService<S, If>;

    fn layer(&self, inner: S) -> InjectService<S, If> {
        InjectService {
            inner,
            layer: self.clone(),
        }
    }
}

/// The service of an [`InjectLayer`].
#[derive(Clone, Debug)]
pub struct InjectService<S, If = Always> {
    inner: S,
    layer: InjectLayer<If>,
}

impl<S: Service<Request<B>>, B, If: Condition<B>> Service<Request<B>> for InjectService<S, If> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        self.layer.inject(&mut request);
        self.inner.call(request)
    }
}
