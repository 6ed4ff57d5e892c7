//! `#[autometrics]`: the metrics are there, and so is the context.

use autometrics::autometrics;
use contextvars::{context_var, with_context};

#[context_var]
static USER: &'static str = "nobody";

struct Methods;

#[autometrics]
impl Methods {
    #[with_context]
    async fn user(&self) -> &'static str {
        tokio::task::yield_now().await;
        USER.get()
    }
}

struct Above;

#[with_context]
#[autometrics]
impl Above {
    async fn user(&self) -> &'static str {
        tokio::task::yield_now().await;
        USER.get()
    }
}

struct InPlace;

// `#[autometrics]` drops what is below it on a block.
#[with_context(in_place)]
#[autometrics]
impl InPlace {
    async fn user(&self) -> &'static str {
        drop(USER.set("in place"));
        tokio::task::yield_now().await;
        USER.get()
    }
}

#[with_context]
#[autometrics]
async fn above() -> Result<&'static str, &'static str> {
    tokio::task::yield_now().await;
    Ok(USER.get())
}

#[autometrics]
#[with_context]
async fn below() -> Result<&'static str, &'static str> {
    tokio::task::yield_now().await;
    Ok(USER.get())
}

#[tokio::test]
async fn calls_are_counted_in_their_context() {
    autometrics::prometheus_exporter::init();
    let (methods, block) = USER.sync_scope("alice", || (Methods.user(), Above.user()));
    assert_eq!((methods.await, block.await), ("alice", "alice"));
    let (above, below) = USER.sync_scope("alice", || (above(), below()));
    assert_eq!((above.await, below.await), (Ok("alice"), Ok("alice")));
    let user = USER.scope("alice", async { (InPlace.user().await, USER.get()) });
    assert_eq!(user.await, ("in place", "alice"));

    let metrics = autometrics::prometheus_exporter::encode_to_string().unwrap();
    for name in ["Methods::user", "Above::user", "InPlace::user", "above", "below"] {
        let label = format!("function=\"{name}\"");
        let mut counts = metrics.lines().filter(|line| line.starts_with("function_calls_total"));
        assert!(
            counts.any(|line| line.contains(&label) && line.ends_with(" 1")),
            "{name}: {metrics}"
        );
    }
}
