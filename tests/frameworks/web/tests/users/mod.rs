//! Two users, and what the code below their handlers sees while the requests of both are being answered.

use contextvars::context_var;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::time::timeout;

#[context_var]
pub static USER: String = "nobody".to_owned();

/// The user, before and after another request has come as far as this.
pub async fn seen() -> String {
    static BOTH: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));
    let user = USER.get();
    let both = timeout(Duration::from_secs(30), BOTH.wait()).await;
    both.expect("another request");
    assert_eq!(USER.get(), user);
    user
}
