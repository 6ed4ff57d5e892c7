//! reqwest, by a middleware of reqwest-middleware, and a service that reads what it has sent.

use axum::Router;
use axum::routing::get;
use contextvars::baggage::Baggage;
use contextvars::context_var;
use contextvars::tower::ExtractLayer;
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};
use std::sync::LazyLock;
use tonic::async_trait;

#[context_var]
static TENANT: String = "nobody".to_owned();
static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));

struct SendBaggage;

#[async_trait]
impl Middleware for SendBaggage {
    async fn handle(&self, mut request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        BAGGAGE.inject(request.headers_mut());
        next.run(request, extensions).await
    }
}

fn client() -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(SendBaggage).build()
}

async fn serve() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let handler = get(async || format!("for {}", TENANT.get()));
    let app: Router = Router::new().route("/", handler).layer(ExtractLayer::new(&BAGGAGE));
    tokio::spawn(async { axum::serve(listener, app).await });
    url
}

#[tokio::test]
async fn a_request_takes_the_tenant_along() {
    let (url, client) = (serve().await, client());
    let ask = async || client.get(&url).send().await.unwrap().text().await.unwrap();
    let for_acme = TENANT.scope("acme".to_owned(), async { ask().await });
    let for_other = TENANT.scope("J\u{fc}rgen & co".to_owned(), async { ask().await });
    let answers = tokio::join!(for_acme, for_other, ask());
    assert_eq!(
        answers,
        ("for acme".into(), "for J\u{fc}rgen & co".into(), "for nobody".into())
    );
}
