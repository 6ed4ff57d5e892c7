//! salvo: handlers under `#[handler]`, and a hoop that binds a variable for each request.

#![allow(clippy::unused_self, reason = "these methods are about nothing but the context")]

mod users;

use contextvars::{ContextExt, with_context};
use futures::stream::{self, StreamExt};
use salvo::prelude::*;
use salvo::test::{ResponseExt, TestClient};
use std::io;
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

#[with_context(USER = request.param("user").unwrap())]
#[handler]
async fn bound_above(request: &mut Request) -> String {
    seen().await
}

#[handler]
#[with_context(USER = request.param("user").unwrap())]
async fn bound_below(request: &mut Request, response: &mut Response) {
    response.render(seen().await);
}

/// The server polls the body when the handler is over.
#[handler]
#[with_context]
async fn streamed(response: &mut Response) {
    let rows = stream::iter(1..=2).then(|_| seen()).map(Ok::<_, io::Error>);
    response.stream(rows.in_current_context());
}

#[handler]
async fn authenticate(request: &mut Request, depot: &mut Depot, response: &mut Response, control: &mut FlowCtrl) {
    let user = request.header("x-user").unwrap();
    USER.scope(user, control.call_next(request, depot, response)).await;
}

struct Typed;

#[handler]
impl Typed {
    #[with_context]
    async fn handle(&self) -> String {
        USER.set(USER.get());
        seen().await
    }
}

/// Who is bound around a handler, and by it.
const OUTSIDE: [&str; 2] = ["alice", "bob"];
const INSIDE: [&str; 2] = ["carol", "dave"];

#[tokio::test]
async fn handlers_see_what_a_hoop_binds_or_they_themselves() {
    let router = Router::with_hoop(authenticate)
        .push(Router::with_path("above").get(above))
        .push(Router::with_path("below").get(below))
        .push(Router::with_path("plain").get(plain))
        .push(Router::with_path("streamed").get(streamed))
        .push(Router::with_path("typed").get(Typed))
        .push(Router::with_path("bound_above/{user}").get(bound_above))
        .push(Router::with_path("bound_below/{user}").get(bound_below));
    let service = Service::new(router);
    let ask = async |path: &str, user: &str| {
        let request = TestClient::get(format!("http://localhost{path}")).add_header("x-user", user, true);
        request.send(&service).await.take_string().await.unwrap()
    };
    for ([path, other], users) in [
        (["/above"; 2], OUTSIDE),
        (["/below"; 2], OUTSIDE),
        (["/plain"; 2], OUTSIDE),
        (["/streamed"; 2], ["alicealice", "bobbob"]),
        (["/typed"; 2], OUTSIDE),
        (["/bound_above/carol", "/bound_above/dave"], INSIDE),
        (["/bound_below/carol", "/bound_below/dave"], INSIDE),
    ] {
        let (answer, other) = tokio::join!(ask(path, "alice"), ask(other, "bob"));
        assert_eq!([answer, other], users, "{path}");
    }
}
