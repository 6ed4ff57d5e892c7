//! One axum service in four variants, which differ in how its functions learn whose request they work for.
//!
//! usage: `axum-service VARIANT serve`, or `axum-service VARIANT count REQUESTS`; alone it names the variants.

mod service;

use std::process::ExitCode;
use std::{env, io};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tower::ServiceExt as _;

use service::{REQUEST_ID, USER, arguments, layers, line, lines, scopes, task_local};

/// A name, and how to build the service.
type Variant = (&'static str, fn() -> Router);

const VARIANTS: &[Variant] = &[
    ("arguments", arguments::app),
    ("tokio", task_local::app),
    ("scopes", scopes::app),
    ("layers", layers::app),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            for (name, _) in VARIANTS {
                println!("{name}");
            }
            ExitCode::SUCCESS
        }
        [variant, "serve"] => run(variant, serve),
        [variant, "count", requests] => match requests.parse() {
            Ok(requests) => run(variant, |app| count(&app, requests)),
            Err(_) => usage(),
        },
        _ => usage(),
    }
}

fn run(variant: &str, with: impl FnOnce(Router) -> ExitCode) -> ExitCode {
    match VARIANTS.iter().find(|(known, _)| *known == variant) {
        Some((_, app)) => with(app()),
        None => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: axum-service [VARIANT serve | VARIANT count REQUESTS]");
    ExitCode::FAILURE
}

/// Serves behind a socket, on one worker thread. Prints the address that it listens at.
fn serve(app: Router) -> ExitCode {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_io().build();
    let Err(error) = runtime.and_then(|runtime| runtime.block_on(listen(app))) else {
        return ExitCode::SUCCESS;
    };
    eprintln!("axum-service: {error}");
    ExitCode::FAILURE
}

async fn listen(app: Router) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, app).await
}

const CALLERS: u64 = 20;

/// Makes the requests on one thread and without a socket, for the script `count`. Fails at the first answer that is not
/// the caller's.
fn count(app: &Router, requests: usize) -> ExitCode {
    let callers: Vec<Caller> = (0..CALLERS).map(Caller::new).collect();
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        for caller in callers.iter().cycle().take(requests) {
            if let Err(answer) = ask(app, caller).await {
                eprintln!("{answer:?} instead of {:?}", caller.answer);
                return ExitCode::FAILURE;
            }
        }
        ExitCode::SUCCESS
    })
}

/// The error is a wrong answer.
async fn ask(app: &Router, caller: &Caller) -> Result<(), (StatusCode, String)> {
    let Ok(response) = app.clone().oneshot(caller.request()).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 1000).await.expect("a short body");
    if status == StatusCode::OK && body == caller.answer {
        return Ok(());
    }
    Err((status, String::from_utf8_lossy(&body).into_owned()))
}

/// One who asks in the same process: it sends an identity of its own, and knows the answer.
struct Caller {
    user: HeaderValue,
    request_id: HeaderValue,
    answer: String,
}

impl Caller {
    /// One out of a thousand. All of them have names and numbers of equal length, so that their requests cost the same.
    fn new(number: u64) -> Self {
        let user = format!("user-{:03}", number % 1000);
        let request_id = 1_000 + number % 1000;
        let line = line(&user, request_id);
        Self {
            user: user.try_into().expect("letters and digits"),
            request_id: request_id.into(),
            answer: lines(&line, &line),
        }
    }

    fn request(&self) -> Request {
        Request::get("/orders")
            .header(USER, &self.user)
            .header(REQUEST_ID, &self.request_id)
            .body(Body::empty())
            .expect("a request")
    }
}
