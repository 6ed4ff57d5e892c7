//! What requests share, and what it calls back: a cache's listener, a pool's hooks. They run inside whoever comes by.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use contextvars::{Context, ContextExt, context_var, outside};
use deadpool::managed::{self, Hook, Metrics, Pool, RecycleResult};
use moka::sync::Cache;
use tokio::task::yield_now;

#[context_var]
static USER: &'static str = "nobody";

/// Whom a callback has found, and whether it could write.
type Found = (&'static str, bool);
type Log = Arc<Mutex<Vec<Found>>>;

fn note(log: &Log) {
    let found = USER.get();
    let wrote = USER.try_set("listener").is_ok();
    log.lock().expect("no panic").push((found, wrote));
}

fn take(log: &Log) -> Vec<Found> {
    std::mem::take(&mut log.lock().expect("no panic"))
}

type Listener = fn(&Log);

/// A cache that tells of what it throws out.
fn careless(log: Log) -> Cache<u32, &'static str> {
    Cache::builder()
        .max_capacity(1)
        .eviction_listener(move |_, _, _| note(&log))
        .build()
}

fn careful(log: Log) -> Cache<u32, &'static str> {
    Cache::builder()
        .max_capacity(1)
        .eviction_listener(move |_, _, _| outside(|| note(&log)))
        .build()
}

/// Case P8: alice's entry is thrown out while bob's request runs: as bob, and the listener may write for him.
#[test]
fn a_listener_of_a_cache_runs_as_whoever_comes_by() {
    let log = Log::default();
    let cache = careless(log.clone());
    USER.sync_scope("alice", || cache.insert(1, "alice's"));
    USER.sync_scope("bob", || {
        cache.invalidate(&1);
        cache.run_pending_tasks();
        assert_eq!(take(&log), [("bob", true)]);
        assert_eq!(USER.get(), "listener", "what not to write");
    });
}

/// Case P8: what to write, in the listener or around the calls that may end in it.
#[test]
fn outside_a_listener_is_nobody_and_may_not_write() {
    let log = Log::default();
    let (careful, careless) = (careful(log.clone()), careless(log.clone()));
    USER.sync_scope("alice", || careful.insert(1, "alice's"));
    USER.sync_scope("alice", || careless.insert(1, "alice's"));
    USER.sync_scope("bob", || {
        careful.invalidate(&1);
        careful.run_pending_tasks();
        assert_eq!((take(&log), USER.get()), (vec![("nobody", false)], "bob"));

        outside(|| careless.invalidate(&1));
        outside(|| careless.run_pending_tasks());
        assert_eq!((take(&log), USER.get()), (vec![("nobody", false)], "bob"));
    });
}

/// Case P8: what a cache computes for a key that is missing is computed as who asks for it first, and kept for all.
#[test]
fn what_a_cache_computes_it_computes_as_who_asks_first() {
    let cache = Cache::new(10);
    let load = |key| cache.get_with(key, || USER.get());
    let load_outside = |key| cache.get_with(key, || outside(|| USER.get()));
    assert_eq!(
        USER.sync_scope("alice", || (load(1), load_outside(2))),
        ("alice", "nobody")
    );
    assert_eq!(
        USER.sync_scope("bob", || (load(1), load_outside(2))),
        ("alice", "nobody")
    );
}

/// Makes connections that know whom they were made for.
struct Manager {
    log: Log,
    careful: bool,
}

impl Manager {
    async fn connect(&self) -> Found {
        yield_now().await;
        note(&self.log);
        (USER.get(), true)
    }
}

impl managed::Manager for Manager {
    type Type = Found;
    type Error = Infallible;

    async fn create(&self) -> Result<Found, Infallible> {
        let connect = self.connect();
        Ok(if self.careful {
            connect.in_context(Context::new()).await
        } else {
            connect.await
        })
    }

    async fn recycle(&self, _: &mut Found, _: &Metrics) -> RecycleResult<Infallible> {
        if self.careful {
            outside(|| note(&self.log));
        } else {
            note(&self.log);
        }
        Ok(())
    }
}

fn pool(careful: bool, hook: Listener) -> (Pool<Manager>, Log) {
    let log = Log::default();
    let hooked = log.clone();
    let manager = Manager {
        log: log.clone(),
        careful,
    };
    let pool = Pool::builder(manager)
        .max_size(1)
        .post_create(Hook::sync_fn(move |_, _| {
            hook(&hooked);
            Ok(())
        }));
    (pool.build().expect("a pool"), log)
}

async fn use_as(user: &'static str, pool: &Pool<Manager>) -> &'static str {
    let using = async {
        let _connection = pool.get().await.expect("a connection");
        USER.get()
    };
    USER.scope(user, using).await
}

/// Case P8: a pool opens, checks and hooks as whoever wants a connection.
#[tokio::test]
async fn a_pool_calls_back_as_whoever_wants_a_connection() {
    let (pool, log) = pool(false, note);
    assert_eq!(use_as("alice", &pool).await, "listener", "what not to write");
    assert_eq!(take(&log), [("alice", true), ("listener", true)]);
    assert_eq!(use_as("bob", &pool).await, "listener");
    assert_eq!(take(&log), [("bob", true)]);
}

/// Case P8: what to write: `outside` in what is called, an empty context for what is awaited.
#[tokio::test]
async fn a_careful_pool_calls_back_as_nobody() {
    let (pool, log) = pool(true, |log| outside(|| note(log)));
    assert_eq!(use_as("alice", &pool).await, "alice");
    assert_eq!(
        take(&log),
        [("nobody", true), ("nobody", false)],
        "its own context may be written"
    );
    assert_eq!(use_as("bob", &pool).await, "bob");
    assert_eq!(take(&log), [("nobody", false)]);
}
