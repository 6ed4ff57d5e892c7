//! A web service whose handlers know the user, though nobody passes the user to them.
//!
//! ```sh
//! cargo run --example axum_app --features http-body,tower
//! ```

use std::{io, net::SocketAddr, sync::atomic::AtomicU64, sync::atomic::Ordering::Relaxed};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::{Router, http::StatusCode, middleware, response::Response, routing::get};
use contextvars::tower::{BindLayer, BodyLayer};
use contextvars::{ContextExt, context_var, lost};
use futures::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::yield_now;

#[context_var]
static USER: String = "nobody".to_owned();
#[context_var]
static REQUEST_ID: u64 = 0;

fn next_request_id(_: &Request) -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Relaxed)
}

fn user_of(request: &Request) -> Option<String> {
    let token = request.headers().get("authorization")?.to_str().ok()?;
    token.strip_prefix("Bearer token-of-").map(str::to_owned)
}

async fn require_user(request: Request, next: middleware::Next) -> Result<Response, StatusCode> {
    if USER.is_set() {
        Ok(next.run(request).await)
    } else {
        log("refused");
        Err(StatusCode::UNAUTHORIZED)
    }
}

async fn orders(State(audits): State<UnboundedSender<String>>) -> String {
    let orders = find_orders().await;
    // The task inherits, and goes on after the answer has been sent.
    tokio::spawn(audit(audits, "read the orders").in_current_context());
    orders
}

/// The server asks for the rows after the handler has returned.
async fn export() -> Body {
    Body::from_stream(stream::iter(1..=2).then(|row| async move {
        let order = query("SELECT * FROM orders LIMIT 1").await;
        Ok::<_, io::Error>(format!("{row}: {order}\n"))
    }))
}

async fn find_orders() -> String {
    yield_now().await; // other requests run meanwhile
    query("SELECT * FROM orders").await
}

async fn query(sql: &str) -> String {
    yield_now().await;
    log(sql);
    format!("orders of {}", USER.get())
}

async fn audit(audits: UnboundedSender<String>, action: &str) {
    yield_now().await;
    log(action);
    audits.send(USER.get()).expect("main waits for it");
}

fn log(message: &str) {
    println!("request {} of {:<6} | {message}", REQUEST_ID.get(), USER.get());
}

async fn ask(server: SocketAddr, path: &str, token: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    let request = format!("GET {path} HTTP/1.0\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let watch = lost::Watch::new();
    let (sender, mut audits) = unbounded_channel();
    let app = Router::new()
        .route("/orders", get(orders))
        .route("/export", get(export))
        .layer(middleware::from_fn(require_user))
        .layer(BodyLayer::new()) // streamed bodies stay in their request's context
        .layer(BindLayer::new(&USER, user_of))
        .layer(BindLayer::new(&REQUEST_ID, next_request_id)) // the last is the outermost
        .with_state(sender);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let server = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });

    let (alice, bob) = tokio::try_join!(
        ask(server, "/orders", "token-of-alice"),
        ask(server, "/orders", "token-of-bob"),
    )?;
    assert!(alice.ends_with("\r\norders of alice"), "{alice}");
    assert!(bob.ends_with("\r\norders of bob"), "{bob}");
    assert!(ask(server, "/orders", "forged").await?.starts_with("HTTP/1.0 401"));
    let carol = ask(server, "/export", "token-of-carol").await?;
    assert!(
        carol.ends_with("\r\n1: orders of carol\n2: orders of carol\n"),
        "{carol}"
    );
    let mut audited = [audits.recv().await, audits.recv().await];
    audited.sort();
    assert_eq!(audited, [Some("alice".to_owned()), Some("bob".to_owned())]);
    watch.assert_none(); // no task was spawned bare
    Ok(())
}
