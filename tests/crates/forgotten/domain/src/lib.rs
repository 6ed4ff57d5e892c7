//! The crate in the middle, which spawns.

use contextvars::ContextExt;
use contextvars_forgotten_storage::insert;
use tokio::spawn;
use tokio::task::JoinError;

/// Places an order, and writes the audit meanwhile. The annotation is forgotten: the audit is another tenant's.
///
/// # Errors
///
/// If the task that writes the audit has panicked.
pub async fn place_order() -> Result<[String; 2], JoinError> {
    let audit = spawn(insert("audit"));
    let order = insert("orders").await;
    Ok([order, audit.await?])
}

/// The same, as it should be.
///
/// # Errors
///
/// If the task that writes the audit has panicked.
pub async fn cancel_order() -> Result<[String; 2], JoinError> {
    let audit = spawn(insert("audit").in_current_context());
    let order = insert("cancellations").await;
    Ok([order, audit.await?])
}
