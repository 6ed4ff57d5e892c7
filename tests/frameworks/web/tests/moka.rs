//! moka: what a cache calls back runs as whoever comes by.

mod users;

use contextvars::{Context, ContextExt, with_context};
use moka::{future, sync};
use std::sync::{Arc, Mutex};
use users::{USER, seen};

type Heard = Arc<Mutex<Vec<String>>>;

/// Evicts what alice has put in, by a call of bob's.
fn evict(cache: &sync::Cache<u32, String>) {
    USER.sync_scope("alice".to_owned(), || cache.insert(1, USER.get()));
    USER.sync_scope("bob".to_owned(), || {
        cache.invalidate(&1);
        cache.run_pending_tasks();
        assert_eq!(USER.get(), "bob");
    });
}

#[test]
fn a_listener_runs_as_whoever_evicts() {
    let heard = Heard::default();
    let listener = heard.clone();
    let cache = sync::Cache::builder()
        .eviction_listener(move |_, put_in_by, _| {
            listener.lock().unwrap().push(format!("{put_in_by} by {}", USER.get()));
        })
        .build();
    evict(&cache);
    assert_eq!(*heard.lock().unwrap(), ["alice by bob"]);
}

#[test]
fn a_listener_in_an_empty_context_runs_as_nobody() {
    let heard = Heard::default();
    let listener = heard.clone();
    let cache = sync::Cache::builder()
        .eviction_listener(move |_, put_in_by, _| {
            Context::new().run(|| {
                listener.lock().unwrap().push(format!("{put_in_by} by {}", USER.get()));
                USER.set("leak".to_owned());
            });
        })
        .build();
    evict(&cache);
    assert_eq!(*heard.lock().unwrap(), ["alice by nobody"]);
}

async fn load() -> String {
    seen().await
}

#[with_context(fresh)]
async fn load_fresh() -> String {
    load().await
}

/// Two users need one value at the same time: what is loaded for the first of them is for both.
#[tokio::test]
async fn a_value_that_is_shared_is_loaded_as_nobody() {
    let cache = future::Cache::new(10);
    let get = async |key| match key {
        "plain" => cache.get_with(key, load()).await,
        "fresh" => cache.get_with(key, load_fresh()).await,
        _ => cache.get_with(key, load().in_context(Context::new())).await,
    };
    for (key, loaded_as) in [
        ("plain", "alice"),
        ("fresh", "nobody"),
        ("in an empty context", "nobody"),
    ] {
        let ask = |user: &str| USER.scope(user.to_owned(), get(key));
        // The third is what `seen` waits for.
        let (for_alice, for_bob, _) = tokio::join!(ask("alice"), ask("bob"), seen());
        assert_eq!((&*for_alice, &*for_bob), (loaded_as, loaded_as), "{key}");
    }
}
