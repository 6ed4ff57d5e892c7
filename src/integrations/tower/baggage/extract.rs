//! [`ExtractLayer`]: gives each request a context with what its header has brought.

use super::super::super::baggage::hook::Hook;
use super::super::super::baggage::{Baggage, Rejected};
use super::condition::{Always, Condition};
use contextvars_core::__private::Capture;
use contextvars_core::InContext;
use http::Request;
use std::fmt;
use std::panic::Location;
use std::task::{self, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Gives each request a context of its own, with the variables that its `baggage` header has brought.
///
/// Beyond that it is a [`ContextLayer`](crate::tower::ContextLayer): handlers and the services inside may set
/// variables, and nothing of it outlives the request.
///
/// ```
/// use axum::extract::Request;
/// use axum::{Router, routing::get};
/// use contextvars::{baggage::Baggage, context_var, tower::ExtractLayer};
/// use std::sync::LazyLock;
/// # use tower::ServiceExt as _;
///
/// #[context_var]
/// static TENANT: String = "nobody".to_owned();
/// static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));
///
/// async fn handler() -> String {
///     format!("for {}", TENANT.get())
/// }
///
/// let app: Router = Router::new()
///     .route("/", get(handler))
///     .layer(ExtractLayer::new(&BAGGAGE).on_rejected(|rejected| eprintln!("{rejected}")));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn ask(app: Router, request: axum::http::request::Builder) -> axum::body::Bytes {
/// #     let response = app.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
/// #     axum::body::to_bytes(response.into_body(), 100).await.unwrap()
/// # }
/// # assert_eq!(ask(app.clone(), Request::get("/").header("baggage", "tenant=acme")), "for acme");
/// # assert_eq!(ask(app, Request::get("/")), "for nobody");
/// ```
///
/// # Whom to trust
///
/// Whoever can send a request can write the header. Without [`only_if`](Self::only_if) every one is believed: right
/// behind a gateway that writes the header itself, and wrong where the world can connect.
#[derive(Clone)]
pub struct ExtractLayer<If = Always> {
    baggage: &'static Baggage,
    condition: If,
    on_rejected: Hook<Rejected>,
    place: &'static Location<'static>,
}

impl ExtractLayer {
    /// Reads the header of every request.
    ///
    /// `Debug` of a context names the place of this call as the one where the values were set.
    #[must_use]
    #[track_caller]
    pub const fn new(baggage: &'static Baggage) -> Self {
        Self {
            baggage,
            condition: Always::new(),
            on_rejected: Hook::NONE,
            place: Location::caller(),
        }
    }

    /// Reads the header of those requests alone for which `is_trusted` returns true.
    ///
    /// The others get a context without it, and their header stays in the request: a proxy that sends it on has an
    /// [`InjectLayer`](crate::tower::InjectLayer), which replaces the members with our names. The closure runs in the
    /// request's context. It sees what a connection or an outer layer has left in the request's extensions: the peer's
    /// address, the subject of its certificate, a verified token.
    ///
    /// ```
    /// use axum::extract::{ConnectInfo, Request};
    /// use axum::{Router, routing::get};
    /// use contextvars::{baggage::Baggage, context_var, tower::ExtractLayer};
    /// use std::net::SocketAddr;
    /// use std::sync::LazyLock;
    /// # use tower::ServiceExt as _;
    ///
    /// #[context_var]
    /// static TENANT: String = "nobody".to_owned();
    /// static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));
    ///
    /// fn is_ours(request: &Request) -> bool {
    ///     let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    ///     peer.is_some_and(|ConnectInfo(peer)| peer.ip().is_loopback())
    /// }
    ///
    /// let app: Router = Router::new()
    ///     .route("/", get(async || TENANT.get()))
    ///     .layer(ExtractLayer::new(&BAGGAGE).only_if(is_ours));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn ask(app: Router, peer: [u8; 4]) -> axum::body::Bytes {
    /// #     let request = Request::get("/").header("baggage", "tenant=acme");
    /// #     let request = request.extension(ConnectInfo(SocketAddr::from((peer, 7))));
    /// #     let response = app.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
    /// #     axum::body::to_bytes(response.into_body(), 100).await.unwrap()
    /// # }
    /// # assert_eq!(ask(app.clone(), [127, 0, 0, 1]), "acme");
    /// # assert_eq!(ask(app, [192, 0, 2, 1]), "nobody");
    /// ```
    #[must_use]
    pub fn only_if<B, F: Fn(&Request<B>) -> bool>(self, is_trusted: F) -> ExtractLayer<F> {
        ExtractLayer {
            baggage: self.baggage,
            condition: is_trusted,
            on_rejected: self.on_rejected,
            place: self.place,
        }
    }
}

impl<If> ExtractLayer<If> {
    /// Calls `hook` with each member that was not taken, in the context of the request.
    #[must_use]
    pub fn on_rejected(mut self, hook: impl Fn(&Rejected) + Send + Sync + 'static) -> Self {
        self.on_rejected = Hook::new(hook);
        self
    }

    fn extract<B>(&self, request: &Request<B>)
    where
        If: Condition<B>,
    {
        if !self.condition.holds(request) {
            return;
        }
        let rejected = self.baggage.set_at(request.headers(), self.place);
        self.on_rejected.call(&rejected);
    }
}

impl<If> fmt::Debug for ExtractLayer<If> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractLayer")
            .field("baggage", &self.baggage)
            .finish_non_exhaustive()
    }
}

impl<S, If: Clone> Layer<S> for ExtractLayer<If> {
    type Service = ExtractService<S, If>;

    fn layer(&self, inner: S) -> ExtractService<S, If> {
        ExtractService {
            inner,
            layer: self.clone(),
        }
    }
}

/// The service of an [`ExtractLayer`].
#[derive(Clone, Debug)]
pub struct ExtractService<S, If = Always> {
    inner: S,
    layer: ExtractLayer<If>,
}

impl<S: Service<Request<B>>, B, If: Condition<B>> Service<Request<B>> for ExtractService<S, If> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = InContext<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> InContext<S::Future> {
        Capture::here().begin(|| {
            self.layer.extract(&request);
            self.inner.call(request)
        })
    }
}
