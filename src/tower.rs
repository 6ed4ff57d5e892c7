//! Layers for [`tower`](https://docs.rs/tower) services, and so for axum, tonic and all that is built of them.
//!
//! [`ContextLayer`] gives each request a context of its own, [`BindLayer`] one in which a variable is bound from the
//! request. What lies below, down to the handlers, is plain code without an annotation: it reads, and it may
//! [`set`](crate::ContextVar::set), which lasts until the end of this request and is seen by no other.
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
//!   goes on there. A `Buffer` makes the call in a task of its own, so put these layers below it.
//! - A task that a handler spawns starts empty, as everywhere: `spawn(audit().in_current_context())`, or an annotated
//!   `audit`, inherits.
//! - The **body of a response is outside**. The server polls it when the response's future is done, and with it the
//!   context. A body that comes from memory does not care; one that is made while it is sent needs the context itself.
//!   With the feature `futures` streams have [`in_current_context`](crate::ContextExt::in_current_context) too:
//!
//! ```
//! # #[cfg(feature = "futures")] {
//! use axum::{Router, body::Body, extract::Request, routing::get};
//! use contextvars::{ContextExt, context_var, tower::BindLayer};
//! use futures::{StreamExt, stream};
//! # use tower::ServiceExt as _;
//!
//! #[context_var]
//! static LANGUAGE: &'static str = "en";
//!
//! async fn rows() -> Body {
//!     let rows = stream::iter(1..=3).map(|row| Ok::<_, std::io::Error>(format!("{row} {}\n", LANGUAGE.get())));
//!     Body::from_stream(rows.in_current_context())
//! }
//!
//! let app: Router = Router::new().route("/", get(rows)).layer(BindLayer::new(&LANGUAGE, |_: &Request| "cs"));
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn ask(app: Router) -> axum::body::Bytes {
//! #     let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
//! #     axum::body::to_bytes(response.into_body(), 100).await.unwrap()
//! # }
//! # assert_eq!(ask(app), "1 cs\n2 cs\n3 cs\n");
//! # }
//! ```
//!
//! # Costs
//!
//! A request pays a capture and a small allocation for each of these layers, whatever is bound; a poll what any
//! [`InContext`](crate::InContext) costs. Response futures are `InContext<S::Future>`: nothing is boxed.

mod bind;
mod context;

pub use bind::{BindLayer, BindService, Found};
pub use context::{ContextLayer, ContextService};
