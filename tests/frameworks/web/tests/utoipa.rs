//! `#[utoipa::path]`: the documentation is there, and the handler that it documents has its context.

mod http;
mod users;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use contextvars::tower::BindLayer;
use contextvars::with_context;
use tokio::net::TcpListener;
use users::{USER, seen};
use utoipa::OpenApi;

/// Above it.
#[with_context]
#[utoipa::path(get, path = "/above", responses((status = 200, body = String)))]
async fn above() -> String {
    seen().await
}

/// Below it.
#[utoipa::path(get, path = "/below", responses((status = 200, body = String)))]
#[with_context]
async fn below() -> String {
    seen().await
}

/// Between it and another.
#[utoipa::path(get, path = "/bound/{user}", params(("user" = String, Path)))]
#[with_context(USER = user)]
#[axum::debug_handler]
async fn bound(Path(user): Path<String>) -> String {
    seen().await
}

#[derive(OpenApi)]
#[openapi(paths(above, below, bound))]
struct Documentation;

#[test]
fn the_handlers_are_documented() {
    let paths = Documentation::openapi().paths.paths;
    let summaries: Vec<_> = paths
        .iter()
        .map(|(path, item)| (&**path, item.get.as_ref().unwrap().summary.as_deref().unwrap()))
        .collect();
    let expected = [
        ("/above", "Above it."),
        ("/below", "Below it."),
        ("/bound/{user}", "Between it and another."),
    ];
    assert_eq!(summaries, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handlers_see_their_user() {
    let app = Router::new()
        .route("/above", get(above))
        .route("/below", get(below))
        .route("/bound/{user}", get(bound))
        .layer(BindLayer::new(&USER, |request: &axum::extract::Request| {
            Some(request.headers().get("x-user")?.to_str().ok()?.to_owned())
        }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    for ([path, other], users) in [
        (["/above"; 2], ["alice", "bob"]),
        (["/below"; 2], ["alice", "bob"]),
        (["/bound/carol", "/bound/dave"], ["carol", "dave"]),
    ] {
        let (answer, other) = tokio::join!(http::get(server, path, "alice"), http::get(server, other, "bob"));
        assert_eq!([answer, other], users, "{path}");
    }
}
