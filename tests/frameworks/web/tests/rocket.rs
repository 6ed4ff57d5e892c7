//! Rocket: handlers under `#[get]`. Its fairings can't wrap a handler: a handler binds for itself, or is wrapped as a route.

mod users;

use contextvars::{ContextExt, with_context};
use futures::stream::{self, Stream, StreamExt};
use rocket::http::{Header, Status};
use rocket::local::asynchronous::Client;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::stream::TextStream;
use rocket::route::{self, Handler, Route};
use rocket::{Data, get, routes};
use std::convert::Infallible;
use users::{USER, seen};

/// A guard: it finds the user, and what is bound when it does so.
struct Caller {
    name: String,
    bound: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Caller {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self {
            name: user_of(request),
            bound: USER.get(),
        })
    }
}

fn user_of(request: &Request<'_>) -> String {
    request.headers().get_one("x-user").unwrap_or("guest").to_owned()
}

#[with_context(USER = caller.name)]
#[get("/bound_above")]
async fn bound_above(caller: Caller) -> String {
    seen().await
}

#[get("/bound_below")]
#[with_context(USER = caller.name)]
async fn bound_below(caller: Caller) -> String {
    seen().await
}

#[get("/bound_plain_fn")]
#[with_context(USER = caller.name)]
fn bound_plain_fn(caller: Caller) -> String {
    USER.get()
}

#[with_context]
#[get("/above")]
async fn above(caller: Caller) -> String {
    assert_eq!(caller.bound, USER.get());
    seen().await
}

#[get("/below")]
#[with_context]
async fn below(caller: Caller) -> Result<String, Status> {
    let user = Some(seen().await).filter(|user| user == &caller.bound);
    let user = user.ok_or(Status::Forbidden)?;
    Ok(user)
}

#[get("/plain")]
async fn plain(caller: Caller) -> String {
    assert_eq!(caller.bound, USER.get());
    seen().await
}

/// The server polls the body when the handler is over.
#[get("/streamed")]
#[with_context]
async fn streamed() -> TextStream<impl Stream<Item = String>> {
    let rows = stream::iter(1..=2).then(|_| seen());
    TextStream(rows.in_current_context())
}

/// A route's handler, with its guards, in a scope of the request's user.
#[derive(Clone)]
struct Bound(Box<dyn Handler>);

#[rocket::async_trait]
impl Handler for Bound {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        USER.scope(user_of(request), self.0.handle(request, data)).await
    }
}

fn bound(mut routes: Vec<Route>) -> Vec<Route> {
    for route in &mut routes {
        route.handler = Box::new(Bound(route.handler.clone()));
    }
    routes
}

async fn two_users(client: &Client, path: &str) {
    assert_eq!(answers(client, path).await, ["alice", "bob"], "{path}");
}

async fn answers(client: &Client, path: &str) -> [String; 2] {
    let ask = async |user: &'static str| {
        let request = client.get(path.to_owned()).header(Header::new("x-user", user));
        request.dispatch().await.into_string().await.unwrap()
    };
    tokio::join!(ask("alice"), ask("bob")).into()
}

#[rocket::async_test]
async fn handlers_see_what_they_bind() {
    let rocket = rocket::build().mount("/", routes![bound_above, bound_below, bound_plain_fn]);
    let client = Client::untracked(rocket).await.unwrap();
    for path in ["/bound_above", "/bound_below", "/bound_plain_fn"] {
        two_users(&client, path).await;
    }
}

#[rocket::async_test]
async fn handlers_and_guards_see_what_is_bound_around_a_route() {
    let rocket = rocket::build().mount("/", bound(routes![above, below, plain, streamed]));
    let client = Client::untracked(rocket).await.unwrap();
    for path in ["/above", "/below", "/plain"] {
        two_users(&client, path).await;
    }
    assert_eq!(answers(&client, "/streamed").await, ["alicealice", "bobbob"]);
}

#[with_context(USER = "bound".to_owned())]
#[rocket::async_test]
async fn test_above() {
    is_not_lent().await;
}

#[rocket::async_test]
#[with_context(USER = "bound".to_owned())]
async fn test_below() {
    is_not_lent().await;
}

#[with_context(USER = "bound".to_owned())]
#[rocket::main]
async fn main_above() {
    is_not_lent().await;
}

#[rocket::main]
#[with_context(USER = "bound".to_owned())]
async fn main_below() {
    is_not_lent().await;
}

#[test]
fn main_functions() {
    main_above();
    main_below();
}

/// A task of the executor is not in the context of what it drives.
async fn is_not_lent() {
    let task = rocket::tokio::spawn(async { USER.try_set("leak".to_owned()).is_err() });
    assert!(task.await.unwrap());
    assert_eq!(USER.get(), "bound");
}
