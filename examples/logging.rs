//! Concurrent requests, and a log in which each line says whose it is: three calls deep, in a spawned task, on a blocking
//! thread. No function below passes the request's id or user along.
//!
//! ```sh
//! cargo run --features tracing --example logging            # text
//! cargo run --features tracing --example logging -- --json  # JSON
//! ```

use std::{env, time::Duration};

use contextvars::tracing::{ContextFields, WithVariables};
use contextvars::{bind, context_var, with_context};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;
use tracing::{info, instrument, warn};

#[context_var]
static REQUEST_ID: u64;
#[context_var]
static USER: String = "nobody".to_owned();
/// Code may read it; no log shows it.
#[context_var(redact)]
static PASSWORD: String;

/// All that logging needs to know of variables.
fn set_up_logging(in_json: bool) {
    let fields = ContextFields::new()
        .with_name("request_id", &REQUEST_ID)
        .with_name("user", &USER)
        .with_name("password", &PASSWORD);
    let log = tracing_subscriber::fmt().without_time().with_target(false);
    if in_json {
        log.json().with_variables(fields).init();
    } else {
        log.with_variables(fields).init();
    }
}

#[with_context(REQUEST_ID = id)]
async fn handle(id: u64, user: &str, password: &str) {
    info!("request begins");
    if !sign_in(user, password).await {
        return;
    }
    let audit = tokio::spawn(audit());
    place_order(3).await;
    audit.await.expect("the audit ends");
    info!("request ends");
}

/// Sets the variables for its caller, so it is a plain fn: an annotated one would set them for itself.
async fn sign_in(user: &str, password: &str) -> bool {
    USER.set(user.to_owned());
    PASSWORD.set(password.to_owned());
    sleep(Duration::from_millis(5)).await;
    let is_right = PASSWORD.with(|password| password.is_some_and(|password| password == "hunter2"));
    info!(is_right, "password checked");
    PASSWORD.unset();
    is_right
}

/// The span's fields say what is done; variables say for whom.
#[instrument]
async fn place_order(items: u32) {
    for item in 0..items {
        reserve(item).await;
    }
    spawn_blocking(bind(print_receipt)).await.expect("it prints");
}

async fn reserve(item: u32) {
    sleep(Duration::from_millis(5)).await;
    if item == 2 {
        warn!(item, "the last one in stock");
    }
}

/// Runs on a thread that has no context of its own.
fn print_receipt() {
    info!("printed");
}

#[with_context]
async fn audit() {
    sleep(Duration::from_millis(10)).await;
    info!("audited");
}

#[tokio::main]
async fn main() {
    set_up_logging(env::args().any(|arg| arg == "--json"));
    info!("the service starts");
    let mut requests = JoinSet::new();
    for (id, user, password) in [(1, "alice", "hunter2"), (2, "bob", "hunter2"), (3, "carol", "hunter1")] {
        requests.spawn(handle(id, user, password));
    }
    requests.join_all().await;
    info!("the service stops");
}
