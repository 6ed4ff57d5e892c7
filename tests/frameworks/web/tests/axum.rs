//! axum: handlers under `#[debug_handler]`, and the ways to bind a variable for each request.

mod http;
mod users;

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, debug_handler};
use contextvars::tower::{BindLayer, ContextLayer};
use contextvars::{ContextExt, with_context};
use futures::stream::{self, StreamExt};
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use users::{USER, seen};

#[with_context]
#[debug_handler]
async fn above() -> String {
    seen().await
}

#[debug_handler]
#[with_context]
async fn below() -> impl IntoResponse {
    seen().await
}

#[with_context(USER = user)]
#[debug_handler]
async fn bound_above(Path(user): Path<String>) -> String {
    seen().await
}

#[debug_handler]
#[with_context(USER = user)]
async fn bound_below(Path(user): Path<String>) -> String {
    seen().await
}

#[debug_handler]
async fn plain() -> String {
    seen().await
}

#[debug_handler]
async fn sets(Path(user): Path<String>) -> String {
    USER.set(user);
    seen().await
}

/// The server polls the body when the handler is over.
#[with_context]
#[debug_handler]
async fn streamed() -> Body {
    let rows = stream::iter(1..=2).then(|_| seen()).map(Ok::<_, io::Error>);
    Body::from_stream(rows.in_current_context())
}

fn user_of(request: &Request) -> Option<String> {
    let user = request.headers().get("x-user")?;
    Some(user.to_str().ok()?.to_owned())
}

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn streamed_bodies_keep_the_context_of_their_handler() {
    let app = Router::new()
        .route("/streamed", get(streamed))
        .layer(BindLayer::new(&USER, user_of));
    let server = serve(app).await;
    let answers = tokio::join!(
        http::get(server, "/streamed", "alice"),
        http::get(server, "/streamed", "bob")
    );
    assert!(
        answers.0.matches("alice").count() == 2 && answers.1.matches("bob").count() == 2,
        "{answers:?}"
    );
}

async fn two_users(app: Router, paths: [&str; 2]) {
    let server = serve(app).await;
    let answers = tokio::join!(http::get(server, paths[0], "alice"), http::get(server, paths[1], "bob"));
    assert_eq!(answers, ("alice".to_owned(), "bob".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_see_what_a_layer_binds() {
    let app = Router::new()
        .route("/above", get(above))
        .route("/below", get(below))
        .route("/plain", get(plain))
        .layer(BindLayer::new(&USER, user_of));
    two_users(app.clone(), ["/above"; 2]).await;
    two_users(app.clone(), ["/below"; 2]).await;
    two_users(app, ["/plain"; 2]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_see_what_they_bind() {
    let app = Router::new()
        .route("/above/{user}", get(bound_above))
        .route("/below/{user}", get(bound_below));
    two_users(app.clone(), ["/above/alice", "/above/bob"]).await;
    two_users(app, ["/below/alice", "/below/bob"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_may_set_below_a_layer() {
    let app = Router::new()
        .route("/sets/{user}", get(sets))
        .layer(ContextLayer::new());
    two_users(app, ["/sets/alice", "/sets/bob"]).await;
}

/// For a value that takes an `.await` to find.
async fn authenticate(request: Request, next: Next) -> Response {
    let user = find(user_of(&request).unwrap()).await;
    USER.scope(user, next.run(request)).await
}

async fn find(user: String) -> String {
    tokio::task::yield_now().await;
    user
}

/// The same, below a `ContextLayer`.
async fn authenticate_by_set(request: Request, next: Next) -> Response {
    let user = find(user_of(&request).unwrap()).await;
    USER.set(user);
    next.run(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_see_what_a_middleware_sets() {
    let app = Router::new()
        .route("/above", get(above))
        .route("/plain", get(plain))
        .layer(middleware::from_fn(authenticate_by_set))
        .layer(ContextLayer::new());
    two_users(app.clone(), ["/above"; 2]).await;
    two_users(app, ["/plain"; 2]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_see_what_a_middleware_binds() {
    let app = Router::new()
        .route("/above", get(above))
        .route("/plain", get(plain))
        .layer(middleware::from_fn(authenticate));
    two_users(app.clone(), ["/above"; 2]).await;
    two_users(app, ["/plain"; 2]).await;
}
