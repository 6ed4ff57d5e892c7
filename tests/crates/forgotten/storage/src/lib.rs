//! The lowest of three crates: it knows the tenant of the request, and nobody passes it.

use contextvars::context_var;
use tokio::task::yield_now;

/// Whose tables are used. Outside of requests it is the public ones.
#[context_var]
pub static TENANT: String = "public".to_owned();

/// Inserts a row, and returns the statement.
pub async fn insert(table: &str) -> String {
    yield_now().await;
    let tenant = TENANT.get();
    format!("insert into {tenant}.{table}")
}
