//! poem: handlers under `#[handler]`, and `around` to bind a variable for each request.

mod users;

use contextvars::{ContextExt, with_context};
use futures::stream::{self, StreamExt};
use poem::error::NotFoundError;
use poem::test::TestClient;
use poem::web::Path;
use poem::{Body, Endpoint, EndpointExt, IntoResponse, Request, Route, get, handler};
use std::io;
use users::{USER, seen};

#[with_context]
#[handler]
async fn above() -> String {
    seen().await
}

#[handler]
#[with_context]
async fn below() -> poem::Result<impl IntoResponse> {
    let user = seen().await;
    Ok(find(&user)?)
}

/// The server polls the body when the handler is over.
#[handler]
#[with_context]
async fn streamed() -> Body {
    let rows = stream::iter(1..=2).then(|_| seen()).map(Ok::<_, io::Error>);
    Body::from_bytes_stream(rows.in_current_context())
}

fn find(user: &str) -> Result<String, NotFoundError> {
    if user == "nobody" {
        Err(NotFoundError)
    } else {
        Ok(user.to_owned())
    }
}

#[handler]
async fn plain() -> String {
    seen().await
}

#[with_context(USER = user)]
#[handler]
async fn bound_above(Path(user): Path<String>) -> String {
    seen().await
}

#[handler]
#[with_context(USER = user)]
async fn bound_below(Path(user): Path<String>) -> String {
    seen().await
}

#[handler]
#[with_context(USER = user)]
fn bound_plain_fn(Path(user): Path<String>) -> String {
    USER.get()
}

fn app() -> impl Endpoint {
    let routes = Route::new()
        .at("/above", get(above))
        .at("/below", get(below))
        .at("/plain", get(plain))
        .at("/streamed", get(streamed))
        .at("/bound_above/:user", get(bound_above))
        .at("/bound_below/:user", get(bound_below))
        .at("/bound_plain_fn/:user", get(bound_plain_fn));
    routes.around(|endpoint, request: Request| async move {
        let user = request.header("x-user").unwrap().to_owned();
        USER.scope(user, endpoint.call(request)).await
    })
}

/// Who is bound around a handler, and by it.
const OUTSIDE: [&str; 2] = ["alice", "bob"];
const INSIDE: [&str; 2] = ["carol", "dave"];

#[tokio::test]
async fn handlers_see_what_is_bound_around_them_or_by_them() {
    let client = TestClient::new(app());
    let ask = async |path: &str, user| client.get(path).header("x-user", user).send().await;
    for ([path, other], users) in [
        (["/above"; 2], OUTSIDE),
        (["/below"; 2], OUTSIDE),
        (["/plain"; 2], OUTSIDE),
        (["/streamed"; 2], ["alicealice", "bobbob"]),
        (["/bound_above/carol", "/bound_above/dave"], INSIDE),
        (["/bound_below/carol", "/bound_below/dave"], INSIDE),
        (["/bound_plain_fn/carol", "/bound_plain_fn/dave"], INSIDE),
    ] {
        let answers = tokio::join!(ask(path, "alice"), ask(other, "bob"));
        let bodies = tokio::join!(
            answers.0.0.into_body().into_string(),
            answers.1.0.into_body().into_string()
        );
        assert_eq!([bodies.0.unwrap(), bodies.1.unwrap()], users, "{path}");
    }
}
