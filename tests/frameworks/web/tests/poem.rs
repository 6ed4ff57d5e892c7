//! poem: handlers under `#[handler]`, and `around` to bind a variable for each request.

mod users;

use contextvars::with_context;
use poem::test::TestClient;
use poem::web::Path;
use poem::{Endpoint, EndpointExt, Request, Route, get, handler};
use users::{USER, seen};

#[with_context]
#[handler]
async fn above() -> String {
    seen().await
}

#[handler]
#[with_context]
async fn below() -> String {
    seen().await
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
        .at("/bound_above/:user", get(bound_above))
        .at("/bound_below/:user", get(bound_below))
        .at("/bound_plain_fn/:user", get(bound_plain_fn));
    routes.around(|endpoint, request: Request| async move {
        let user = request.header("x-user").unwrap().to_owned();
        USER.scope(user, endpoint.call(request)).await
    })
}

#[tokio::test]
async fn handlers_see_what_is_bound_around_them_or_by_them() {
    let client = TestClient::new(app());
    let ask = async |path: &str, user| client.get(path).header("x-user", user).send().await;
    for [alice, bob] in [
        ["/above"; 2],
        ["/below"; 2],
        ["/plain"; 2],
        ["/bound_above/alice", "/bound_above/bob"],
        ["/bound_below/alice", "/bound_below/bob"],
        ["/bound_plain_fn/alice", "/bound_plain_fn/bob"],
    ] {
        let (for_alice, for_bob) = tokio::join!(ask(alice, "alice"), ask(bob, "bob"));
        for_alice.assert_text("alice").await;
        for_bob.assert_text("bob").await;
    }
}
