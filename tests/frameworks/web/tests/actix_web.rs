//! actix-web: handlers under `#[get]` and `#[route]`, its entry points, and the ways to bind a variable for each request.

mod http;
mod users;

use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, call_and_read_body, init_service};
use actix_web::{App, Error, HttpResponse, HttpServer, Responder, get, route, web};
use contextvars::{ContextExt, with_context};
use futures::stream::{self, StreamExt};
use users::{USER, seen};

#[with_context]
#[get("/above")]
async fn above() -> String {
    seen().await
}

#[get("/below")]
#[with_context]
async fn below() -> impl Responder {
    seen().await
}

#[get("/plain")]
async fn plain() -> String {
    seen().await
}

#[with_context(USER = user.into_inner())]
#[get("/bound_above/{user}")]
async fn bound_above(user: web::Path<String>) -> String {
    seen().await
}

#[route("/bound_below/{user}", method = "GET", method = "HEAD")]
#[with_context(USER = user.into_inner())]
async fn bound_below(user: web::Path<String>) -> String {
    seen().await
}

/// The server polls the body when the handler is over.
#[with_context]
#[get("/streamed")]
async fn streamed() -> HttpResponse {
    let rows = stream::iter(1..=2)
        .then(|_| seen())
        .map(|row| Ok::<_, Error>(row.into()));
    HttpResponse::Ok().streaming(rows.in_current_context())
}

fn user_of(request: &ServiceRequest) -> String {
    let user = request.headers().get("x-user").unwrap();
    user.to_str().unwrap().to_owned()
}

async fn authenticate<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let user = user_of(&request);
    USER.scope(user, next.call(request)).await
}

fn handlers(config: &mut web::ServiceConfig) {
    config
        .service(above)
        .service(below)
        .service(plain)
        .service(streamed)
        .service(bound_above)
        .service(bound_below);
}

const BOUND_OUTSIDE: [[&str; 2]; 3] = [["/above"; 2], ["/below"; 2], ["/plain"; 2]];
const BOUND_INSIDE: [[&str; 2]; 2] = [
    ["/bound_above/alice", "/bound_above/bob"],
    ["/bound_below/alice", "/bound_below/bob"],
];

/// Both users ask on one thread.
macro_rules! two_users {
    ($app:expr, $paths:expr) => {
        let app = init_service($app.configure(handlers)).await;
        for [alice, bob] in $paths {
            let ask = |path, user| {
                let request = TestRequest::get().uri(path).insert_header(("x-user", user));
                call_and_read_body(&app, request.to_request())
            };
            let (for_alice, for_bob) = tokio::join!(ask(alice, "alice"), ask(bob, "bob"));
            assert_eq!((&*for_alice, &*for_bob), (&b"alice"[..], &b"bob"[..]), "{alice}");
        }
    };
}

#[actix_web::test]
async fn handlers_see_what_a_middleware_binds() {
    two_users!(App::new().wrap(from_fn(authenticate)), BOUND_OUTSIDE);
}

#[actix_web::test]
async fn handlers_see_what_a_wrapping_fn_binds() {
    let app = App::new().wrap_fn(|request, next| {
        let user = user_of(&request);
        USER.sync_scope(user, || next.call(request).in_current_context())
    });
    two_users!(app, BOUND_OUTSIDE);
}

#[actix_web::test]
async fn handlers_see_what_they_bind() {
    two_users!(App::new(), BOUND_INSIDE);
}

#[actix_web::test]
async fn streamed_bodies_keep_the_context_of_their_handler() {
    let app = init_service(App::new().wrap(from_fn(authenticate)).configure(handlers)).await;
    let ask = |user| {
        let request = TestRequest::get().uri("/streamed").insert_header(("x-user", user));
        call_and_read_body(&app, request.to_request())
    };
    let (for_alice, for_bob) = tokio::join!(ask("alice"), ask("bob"));
    assert_eq!((&*for_alice, &*for_bob), (&b"alicealice"[..], &b"bobbob"[..]));
}

#[actix_web::test]
async fn over_sockets() {
    let server = HttpServer::new(|| App::new().wrap(from_fn(authenticate)).configure(handlers))
        .workers(2)
        .bind("127.0.0.1:0")
        .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    for [alice, bob] in BOUND_OUTSIDE.into_iter().chain(BOUND_INSIDE) {
        let answers = tokio::join!(http::get(address, alice, "alice"), http::get(address, bob, "bob"));
        assert_eq!(answers, ("alice".to_owned(), "bob".to_owned()), "{alice}");
    }
    handle.stop(false).await;
}

#[with_context(USER = "bound".to_owned())]
#[actix_web::main]
async fn main_above() -> String {
    is_not_lent().await
}

#[actix_web::main]
#[with_context(USER = "bound".to_owned())]
async fn main_below() -> String {
    is_not_lent().await
}

/// A task of the executor is not in the context of what it drives.
async fn is_not_lent() -> String {
    let task = actix_web::rt::spawn(async { USER.try_set("leak".to_owned()).is_err() });
    assert!(task.await.unwrap());
    USER.get()
}

#[test]
fn main_functions() {
    assert_eq!((main_above(), main_below()), ("bound".to_owned(), "bound".to_owned()));
}

#[with_context(USER = "bound".to_owned())]
#[actix_web::test]
async fn test_above() {
    assert_eq!(is_not_lent().await, "bound");
}

#[actix_web::test]
#[with_context(USER = "bound".to_owned())]
async fn test_below() {
    assert_eq!(is_not_lent().await, "bound");
}
