//! The service without a server: so many requests on one thread and without a socket, for `count` to count instructions.

use std::process::ExitCode;

use axum::Router;
use axum::body::to_bytes;
use axum::http::StatusCode;
use tokio::runtime::Builder;
use tower::ServiceExt as _;

use crate::caller::Caller;

const CALLERS: u64 = 20;

/// Fails at the first answer that is not the caller's.
pub(crate) fn count(app: &Router, requests: usize) -> ExitCode {
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
