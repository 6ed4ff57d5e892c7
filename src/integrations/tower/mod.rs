//! Layers for [`tower`](https://docs.rs/tower) services, and so for axum, tonic and all that is built of them.
//!
//! [`ContextLayer`] gives each request a context of its own, [`BindLayer`] one in which a variable is bound from the
//! request. What lies below, down to the handlers, is plain code without an annotation: it reads, and it may
//! [`set`](crate::ContextVar::set), which lasts until the end of this request and is seen by no other. With the feature
//! `http-body`, [`BodyLayer`] takes the body of the response along.
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
//! - `poll_ready` is about the service and no request: it stays in the caller's context.
//! - `call` runs in the request's context, the part of it that is not async included, and the future that it returns
//!   goes on there.
//! - A `Buffer` makes the call in a task of its own, where there is nothing: [`CaptureLayer`] above it and
//!   [`RestoreLayer`] below it take the context across, for services, and for layers below that bind more.
//! - A task that a handler spawns starts empty, as everywhere: `spawn(audit().in_current_context())`, or an annotated
//!   `audit`, inherits.
//! - The **body of a response is outside**. The server polls it when the response's future is done, and with it the
//!   context. A body that comes from memory does not care; one that is made while it is sent does, and so do layers that
//!   look on, such as a `TraceLayer`. With the feature `http-body`, one line brings all bodies in, [`BodyLayer`]:
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
//! One stream alone takes [`in_current_context`](crate::ContextExt::in_current_context), with the feature `futures`:
//! `Body::from_stream(rows.in_current_context())`.
//!
//! # Costs
//!
//! A request pays a capture and at most a small allocation for each of these layers that makes a context, whatever is bound; a
//! poll what any [`InContext`](crate::InContext) costs. Response futures are `InContext<S::Future>`: nothing is boxed.

mod bind;
#[cfg(feature = "http-body")]
mod body;
mod capture;
mod captured;
mod context;
mod restore;

pub use bind::{BindLayer, BindService, Found};
#[cfg(feature = "http-body")]
#[cfg_attr(docsrs, doc(cfg(feature = "http-body")))]
pub use body::{BodyFuture, BodyLayer, BodyService, ResponseBody};
pub use capture::{CaptureLayer, CaptureService};
pub use captured::Captured;
pub use context::{ContextLayer, ContextService};
pub use restore::{RestoreLayer, RestoreService};
