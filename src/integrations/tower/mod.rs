//! Layers for [`tower`](https://docs.rs/tower) services, and so for axum, tonic and everything that is built on tower.
//!
//! [`ContextLayer`] gives each request a context of its own. [`BindLayer`] does so too, and sets a variable from the
//! request in it. The services inside of the layer, down to the handlers, need no annotation: they read variables, and
//! they may [`set`](crate::ContextVar::set) them. Such a value lasts until the end of the request, and no other request
//! sees it. With the feature `http-body`, [`BodyLayer`] keeps the body of the response in the context of the request. With
//! the feature `baggage`, [`ExtractLayer`] sets what other processes have sent along, and [`InjectLayer`] sends it on.
//!
//! ```
//! use axum::{Router, extract::Request, routing::get};
//! use contextvars::{context_var, tower::BindLayer};
//! # use tower::ServiceExt as _;
//!
//! #[context_var]
//! static USER: String = "nobody".to_owned();
//!
//! async fn handler() -> String {
//!     tokio::task::yield_now().await;
//!     format!("hello, {}", deep_below())
//! }
//!
//! fn deep_below() -> String {
//!     USER.get()
//! }
//!
//! let app: Router = Router::new().route("/", get(handler)).layer(BindLayer::new(&USER, |request: &Request| {
//!     request.headers().get("x-user")?.to_str().ok().map(str::to_owned)
//! }));
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn ask(app: Router, request: axum::http::request::Builder) -> axum::body::Bytes {
//! #     let response = app.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
//! #     axum::body::to_bytes(response.into_body(), 100).await.unwrap()
//! # }
//! # assert_eq!(ask(app.clone(), Request::get("/").header("x-user", "alice")), "hello, alice");
//! # assert_eq!(ask(app, Request::get("/")), "hello, nobody");
//! ```
//!
//! # Where the context holds
//!
//! - `poll_ready` belongs to no request: it runs in the caller's context.
//! - `call` runs in the request's context, and so does the future that it returns.
//! - A `Buffer` makes the call in a task of its own, which has no context. Put a [`CaptureLayer`] outside and a
//!   [`RestoreLayer`] inside of it: they take the context across.
//! - A task that a handler spawns starts empty, as everywhere: `spawn(audit().in_current_context())`, or an annotated
//!   `audit`, inherits.
//! - The **body of a response is outside**. The server polls it when the future of the response has completed, and its
//!   context has ended. That makes no difference to a body in memory. It does to a body that is made while it is sent,
//!   and to layers that watch it being sent, such as a `TraceLayer`. With the feature `http-body`, one line keeps all
//!   bodies in their contexts, [`BodyLayer`]:
//!
//! ```
//! # #[cfg(feature = "http-body")] {
//! use axum::{Router, body::Body, extract::Request, routing::get};
//! use contextvars::context_var;
//! use contextvars::tower::{BindLayer, BodyLayer};
//! use futures::{StreamExt, stream};
//! # use tower::ServiceExt as _;
//!
//! #[context_var]
//! static LANGUAGE: &'static str = "en";
//!
//! async fn rows() -> Body {
//!     let rows = stream::iter(1..=3).map(|row| Ok::<_, std::io::Error>(format!("{row} {}\n", LANGUAGE.get())));
//!     Body::from_stream(rows)
//! }
//!
//! let app: Router = Router::new()
//!     .route("/", get(rows))
//!     .layer(BodyLayer::new())
//!     .layer(BindLayer::new(&LANGUAGE, |_: &Request| "cs"));
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn ask(app: Router) -> axum::body::Bytes {
//! #     let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
//! #     axum::body::to_bytes(response.into_body(), 100).await.unwrap()
//! # }
//! # assert_eq!(ask(app), "1 cs\n2 cs\n3 cs\n");
//! # }
//! ```
//!
//! For a single stream there is [`in_current_context`](crate::ContextExt::in_current_context), with the feature
//! `futures`: `Body::from_stream(rows.in_current_context())`.
//!
//! # Costs
//!
//! Each layer that makes a context costs a request one capture and at most one small allocation, however many variables
//! are bound. A poll costs what a poll of any [`InContext`](crate::InContext) costs. The futures of responses are
//! `InContext<S::Future>`: nothing is boxed.

#[cfg(feature = "baggage")]
mod baggage;
mod bind;
#[cfg(feature = "http-body")]
mod body;
mod capture;
mod captured_request;
mod context;
mod restore;

#[cfg(feature = "baggage")]
#[cfg_attr(docsrs, doc(cfg(feature = "baggage")))]
pub use baggage::{Always, Condition, ExtractLayer, ExtractService, InjectLayer, InjectService};
pub use bind::{BindLayer, BindService, Found};
#[cfg(feature = "http-body")]
#[cfg_attr(docsrs, doc(cfg(feature = "http-body")))]
pub use body::{BodyFuture, BodyLayer, BodyService, ResponseBody};
pub use capture::{CaptureLayer, CaptureService};
pub use captured_request::Captured;
pub use context::{ContextLayer, ContextService};
pub use restore::{RestoreLayer, RestoreService};
