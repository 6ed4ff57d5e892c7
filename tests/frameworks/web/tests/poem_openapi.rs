//! `#[OpenApi]` of poem-openapi: methods that are annotated one by one, or as a block.

#![allow(clippy::unused_self, reason = "these methods are about nothing but the context")]

mod users;

use contextvars::with_context;
use poem::test::TestClient;
use poem::{Endpoint, EndpointExt, Request, Route};
use poem_openapi::param::Path;
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};
use users::{USER, seen};

struct Methods;

#[OpenApi]
impl Methods {
    #[with_context]
    #[oai(path = "/above", method = "get")]
    async fn above(&self) -> PlainText<String> {
        PlainText(seen().await)
    }

    #[oai(path = "/below", method = "get")]
    #[with_context]
    async fn below(&self) -> PlainText<String> {
        PlainText(seen().await)
    }

    #[oai(path = "/bound/:user", method = "get")]
    #[with_context(USER = user.0)]
    async fn bound(&self, user: Path<String>) -> PlainText<String> {
        PlainText(seen().await)
    }
}

struct Above;

#[with_context]
#[OpenApi]
impl Above {
    #[oai(path = "/block_above", method = "get")]
    async fn method(&self) -> PlainText<String> {
        USER.set(USER.get());
        PlainText(seen().await)
    }
}

struct Below;

#[OpenApi]
#[with_context]
impl Below {
    #[oai(path = "/block_below", method = "get")]
    async fn method(&self) -> PlainText<String> {
        USER.set(USER.get());
        PlainText(seen().await)
    }
}

fn app() -> impl Endpoint {
    let service = OpenApiService::new((Methods, Above, Below), "test", "1");
    Route::new()
        .nest("/", service)
        .around(|endpoint, request: Request| async move {
            let user = request.header("x-user").unwrap().to_owned();
            USER.scope(user, endpoint.call(request)).await
        })
}

/// Who is bound around a method, and by it.
const OUTSIDE: [&str; 2] = ["alice", "bob"];
const INSIDE: [&str; 2] = ["carol", "dave"];

#[tokio::test]
async fn methods_see_what_is_bound_around_them_or_by_them() {
    let client = TestClient::new(app());
    let ask = async |path: &str, user| client.get(path).header("x-user", user).send().await;
    for ([path, other], users) in [
        (["/above"; 2], OUTSIDE),
        (["/below"; 2], OUTSIDE),
        (["/bound/carol", "/bound/dave"], INSIDE),
        (["/block_above"; 2], OUTSIDE),
        (["/block_below"; 2], OUTSIDE),
    ] {
        let answers = tokio::join!(ask(path, "alice"), ask(other, "bob"));
        answers.0.assert_text(users[0]).await;
        answers.1.assert_text(users[1]).await;
    }
}
