//! A hub of Sentry, carried: the recipe of `docs/carry.md`, and what it promises.

use contextvars::{Ambient, ContextExt, bind, with_context};
use sentry_core::protocol::Event;
use sentry_core::test::TestTransport;
use sentry_core::{ClientOptions, Hub, HubSwitchGuard, Level, SentryFutureExt, capture_message, configure_scope};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Barrier, mpsc, oneshot};
use tokio::task::yield_now;

thread_local! {
    /// The hub that this thread began with, which is nobody's.
    static OWN: Arc<Hub> = Hub::current();
    static ENTERED: RefCell<Vec<HubSwitchGuard>> = const { RefCell::new(Vec::new()) };
}

/// The hub that this thread has instead of its own. `Err` on a thread that ends.
fn bound() -> Result<Option<Arc<Hub>>, thread::AccessError> {
    OWN.try_with(|own| Some(Hub::current()).filter(|hub| !Arc::ptr_eq(own, hub)))
}

struct RequestHub(Arc<Hub>);

impl Ambient for RequestHub {
    fn capture() -> Option<Self> {
        // A hub for each task: those that share one would pop each other's scopes.
        let hub = bound().ok().flatten()?;
        Some(Self(Arc::new(Hub::new_from_top(hub))))
    }

    fn is_present() -> bool {
        bound().map_or(true, |hub| hub.is_some())
    }

    fn enter(&self) {
        let entered = HubSwitchGuard::new(Arc::clone(&self.0));
        let _ = ENTERED.try_with(|all| all.borrow_mut().push(entered));
    }

    fn exit(&self) {
        let left = ENTERED.try_with(|all| all.borrow_mut().pop());
        drop(left);
    }
}

/// For the start of each thread, where no hub is bound yet.
fn remember_own_hub() {
    OWN.with(|_| ());
}

/// A test at a time: they share a transport.
fn events(test: impl AsyncFnOnce()) -> Vec<Event<'static>> {
    static TRANSPORT: OnceLock<Arc<TestTransport>> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let transport = TRANSPORT.get_or_init(|| {
        let transport = TestTransport::new();
        let options = ClientOptions::new()
            .dsn("https://public@sentry.invalid/1")
            .transport(Arc::clone(&transport));
        Hub::main().bind_client(Some(Arc::new(options.into())));
        contextvars::carry::<RequestHub>();
        transport
    });
    // The thread of this test may have begun before the client was bound.
    Hub::current().bind_client(Hub::main().client());
    remember_own_hub();
    runtime().block_on(test());
    transport.fetch_and_clear_events()
}

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .on_thread_start(remember_own_hub)
        .build()
        .expect("a runtime")
}

/// `message user`, in the order of the alphabet.
fn told(events: Vec<Event<'static>>) -> Vec<String> {
    let line = |event: Event<'static>| {
        let user = event.tags.get("user").map_or("nobody", String::as_str);
        format!("{}: {user}", event.message.as_deref().unwrap_or_default())
    };
    let mut lines: Vec<_> = events.into_iter().map(line).collect();
    lines.sort();
    lines
}

/// What a middleware does.
async fn request<F: Future>(user: &str, handler: F) -> F::Output {
    let hub = Hub::new_from_top(Hub::current());
    hub.configure_scope(|scope| scope.set_tag("user", user));
    handler.bind_hub(hub).await
}

fn say(message: &str) {
    capture_message(message, Level::Info);
}

#[with_context]
async fn annotated(message: &'static str) {
    yield_now().await;
    say(message);
}

/// Says whose it is when it is dropped.
struct AtDrop(&'static str);

impl Drop for AtDrop {
    fn drop(&mut self) {
        say(self.0);
    }
}

async fn waits(at_drop: AtDrop) {
    let _at_drop = at_drop;
    std::future::pending::<()>().await;
}

/// Case P19, R13
#[test]
fn events_of_what_a_request_spawns_have_its_tags() {
    let events = events(async || {
        let handler = async {
            tokio::spawn(annotated("task")).await.expect("no panic");
            tokio::task::spawn_blocking(bind(|| say("blocking")))
                .await
                .expect("no panic");
            thread::spawn(bind(|| say("thread"))).join().expect("no panic");
            tokio::spawn(async { say("bare") }).await.expect("no panic");
        };
        request("alice", handler).await;
        annotated("after").await;
    });
    assert_eq!(
        told(events),
        [
            "after: nobody",
            "bare: nobody",
            "blocking: alice",
            "task: alice",
            "thread: alice"
        ]
    );
}

/// Case P19, R13
#[test]
fn scopes_of_requests_at_once_do_not_mix() {
    let events = events(async || {
        let turns = Arc::new(Barrier::new(4));
        let handler = |turns: Arc<Barrier>| async {
            let child = |name, turns: Arc<Barrier>| {
                async move {
                    configure_scope(|scope| scope.set_tag("part", name));
                    turns.wait().await;
                    say(name);
                }
                .in_current_context()
            };
            let (left, right) = (child("left", Arc::clone(&turns)), child("right", turns));
            let (left, right) = tokio::join!(tokio::spawn(left), tokio::spawn(right));
            left.and(right).expect("no panic");
            say("end");
        };
        tokio::join!(
            request("alice", handler(Arc::clone(&turns))),
            request("bob", handler(turns))
        );
    });
    for event in &events {
        let message = event.message.as_deref().unwrap_or_default();
        let part = event.tags.get("part").map_or("end", String::as_str);
        assert_eq!(part, message, "each task has a scope of its own");
    }
    assert_eq!(
        told(events),
        [
            "end: alice",
            "end: bob",
            "left: alice",
            "left: bob",
            "right: alice",
            "right: bob"
        ]
    );
}

/// Case P21, R13
#[test]
fn what_is_cut_off_is_dropped_in_its_requests_hub_unlike_with_bind_hub() {
    let events = events(async || {
        let handler = async {
            let ours = tokio::spawn(waits(AtDrop("ours")).in_current_context());
            let ours_unpolled = tokio::spawn(waits(AtDrop("ours, before its first poll")).in_current_context());
            ours_unpolled.abort();
            let theirs = tokio::spawn(waits(AtDrop("bind_hub")).bind_hub(Hub::current()));
            tokio::time::sleep(Duration::from_millis(10)).await;
            for task in [ours, ours_unpolled, theirs] {
                task.abort();
                task.await.expect_err("aborted");
            }
        };
        request("alice", handler).await;
    });
    assert_eq!(
        told(events),
        ["bind_hub: nobody", "ours, before its first poll: alice", "ours: alice"]
    );
}

/// Case P20, R13
#[test]
fn who_has_a_hub_keeps_it() {
    let events = events(async || {
        let (jobs, mut queue) = mpsc::unbounded_channel();
        let (job_done, done) = oneshot::channel();
        let handler = async {
            let hub = Hub::new_from_top(Hub::current());
            hub.configure_scope(|scope| scope.set_tag("user", "audit"));
            let own = tokio::spawn(annotated("a hub of its own").bind_hub(hub));
            own.await.expect("no panic");
            // Awaited inline: what it sets is the request's.
            async { configure_scope(|scope| scope.set_tag("user", "alice, later")) }
                .in_current_context()
                .await;
            say("inline");
            jobs.send(annotated("a job")).expect("a worker");
        };
        let worker = tokio::spawn(request("worker", async move {
            queue.recv().await.expect("a job").await;
            job_done.send(()).expect("the test waits");
        }));
        request("alice", handler).await;
        done.await.expect("no panic");
        worker.await.expect("no panic");
    });
    assert_eq!(
        told(events),
        ["a hub of its own: audit", "a job: worker", "inline: alice, later"]
    );
}

/// Case P21, R13
#[test]
fn on_a_thread_that_ends_nothing_is_entered() {
    thread_local!(static LAST: RefCell<Option<Box<dyn Send>>> = const { RefCell::new(None) });
    let told = events(async || {
        let handler = async {
            let (ended, has_ended) = oneshot::channel::<()>();
            // Sentry itself can't be asked there.
            let future = async move { ended.send(()) }.in_current_context();
            let ends = thread::spawn(move || {
                LAST.with(|last| *last.borrow_mut() = Some(Box::new(future)));
                // Made after it, and so dropped before it.
                remember_own_hub();
            });
            ends.join().expect("no panic");
            has_ended.await.expect_err("dropped, and not polled");
        };
        request("alice", handler).await;
    });
    assert!(told.is_empty());
}
