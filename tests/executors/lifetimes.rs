//! Values die with the task that they were bound in, however it ends and whoever still holds its handle.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use contextvars::{Context, ContextExt, bind, context_var, with_context};
use futures::channel::oneshot;
use futures::executor::LocalPool;
use futures::future::{self, Either};
use futures::task::LocalSpawnExt;

use crate::common::{poll_once, quiet_expected_panics, yield_now};
use crate::executor::{Executor, Task};

#[context_var]
static ALIVE: Arc<oneshot::Sender<()>>;

/// Resolves when the value is dropped; a leak ends in a panic, not in a test that never ends.
async fn dead<E: Executor>(death: oneshot::Receiver<()>) {
    let limit = E::sleep(Duration::from_secs(20));
    let Either::Left(_) = future::select(death, Box::pin(limit)).await else {
        panic!("the value outlives its task");
    };
}

/// R12, Cases 251, T32
#[with_context]
pub(crate) async fn a_value_dies_with_its_task<E: Executor>() {
    #[with_context]
    async fn holder(value: oneshot::Sender<()>) -> bool {
        ALIVE.set(Arc::new(value));
        yield_now().await;
        ALIVE.is_set()
    }

    let (value, death) = oneshot::channel();
    let task = E::spawn(holder(value));
    dead::<E>(death).await;
    assert!(task.join().await.expect("no panic"), "it died before anybody joined");

    let (value, death) = oneshot::channel();
    let task = E::spawn(ALIVE.scope(Arc::new(value), async { yield_now().await }));
    dead::<E>(death).await;
    task.join().await.expect("no panic");
}

/// R12, Case T32
#[with_context]
pub(crate) async fn a_value_dies_with_its_aborted_task<E: Executor>() {
    #[with_context]
    async fn holder(value: oneshot::Sender<()>, started: oneshot::Sender<()>) {
        ALIVE.set(Arc::new(value));
        started.send(()).expect("the test waits");
        future::pending::<()>().await;
    }

    let (value, death) = oneshot::channel();
    let (started, polled) = oneshot::channel();
    let task = E::spawn(holder(value, started));
    polled.await.expect("the task starts");
    task.cancel().await;
    dead::<E>(death).await;
}

/// R12
#[with_context]
pub(crate) async fn a_value_dies_with_its_panicked_task<E: Executor>() {
    #[with_context]
    async fn holder(value: oneshot::Sender<()>) {
        ALIVE.set(Arc::new(value));
        yield_now().await;
        panic!("expected");
    }

    quiet_expected_panics();
    let (value, death) = oneshot::channel();
    let task = E::spawn(holder(value));
    task.join().await.expect_err("it panics");
    dead::<E>(death).await;
}

/// A value, and word of its death.
fn mortal() -> (Arc<oneshot::Sender<()>>, oneshot::Receiver<()>) {
    let (value, death) = oneshot::channel();
    (Arc::new(value), death)
}

/// R12, Case 251: every way to carry a context to the executor's threads.
#[with_context]
pub(crate) async fn a_value_dies_with_its_task_whatever_carried_it<E: Executor>() {
    async fn plain() -> bool {
        yield_now().await;
        ALIVE.is_set()
    }

    #[with_context]
    async fn annotated() -> bool {
        plain().await
    }

    #[with_context]
    fn boxed() -> Pin<Box<dyn Future<Output = bool> + Send>> {
        Box::pin(plain())
    }

    fn hopped() -> Pin<Box<dyn Future<Output = bool> + Send>> {
        let mut future = boxed();
        let polled = thread::spawn(|| poll_once(future.as_mut()).is_pending().then_some(future));
        polled.join().expect("no panic").expect("it yields")
    }

    let carriers: [fn() -> Task<bool>; 6] = [
        || E::spawn(annotated()),
        || E::spawn(boxed()),
        || E::spawn(hopped()),
        || E::spawn(plain().in_current_context()),
        || E::spawn(annotated().in_context(Context::current())),
        || {
            let bound = bind(|| ALIVE.is_set());
            E::spawn(async { bound() })
        },
    ];
    for carrier in carriers {
        let (value, death) = mortal();
        let task = ALIVE.sync_scope(value, carrier);
        dead::<E>(death).await;
        assert!(task.join().await.expect("no panic"), "it died before anybody joined");
    }
}

/// R12, Case 100
#[with_context]
pub(crate) async fn what_could_not_start_holds_no_context<E: Executor>() {
    #[with_context]
    async fn starts() {}

    #[with_context]
    fn fails_at_the_call() -> Pin<Box<dyn Future<Output = ()> + Send>> {
        panic!("expected");
    }

    quiet_expected_panics();
    let shut_down = LocalPool::new().spawner();
    for _ in 0..5 {
        let (value, mut death) = mortal();
        let given = Context::new().with(&ALIVE, value);
        let refused = given.clone().run(|| shut_down.spawn_local(starts()));
        refused.expect_err("the pool is gone");
        let refused = shut_down.spawn_local(starts().in_context(given.clone()));
        refused.expect_err("the pool is gone");
        let failed = AssertUnwindSafe(|| given.clone().run(fails_at_the_call));
        assert!(catch_unwind(failed).is_err());
        let fails = E::spawn(async { fails_at_the_call().await }.in_context(given.clone()));
        fails.join().await.expect_err("it panics");
        drop(starts().in_context(given.clone()));
        assert_eq!(death.try_recv(), Ok(None), "the test holds it");
        drop(given);
        dead::<E>(death).await;
    }
}

/// A value that holds whatever it is given.
struct Holder<T>(
    Mutex<Option<T>>,
    #[expect(dead_code, reason = "says that it is dropped")] oneshot::Sender<()>,
);

impl<T> Holder<T> {
    fn new() -> (Arc<Self>, oneshot::Receiver<()>) {
        let (value, death) = oneshot::channel();
        (Arc::new(Self(Mutex::new(None), value)), death)
    }

    fn replace(&self, held: Option<T>) -> Option<T> {
        std::mem::replace(&mut self.0.lock().expect("no panic"), held)
    }
}

#[context_var]
static HANDLE: Arc<Holder<Task<()>>>;
#[context_var]
static SNAPSHOT: Arc<Holder<Context>>;

/// R12, Case 161: the end of the task breaks the cycle.
#[with_context]
pub(crate) async fn a_value_that_holds_its_own_tasks_handle_dies_with_the_task<E: Executor>() {
    #[with_context]
    async fn waits(go: oneshot::Receiver<()>) {
        go.await.expect("the test says go");
        yield_now().await;
    }

    let (value, mut death) = Holder::new();
    let (go, gone) = oneshot::channel();
    let task = HANDLE.sync_scope(Arc::clone(&value), || E::spawn(waits(gone)));
    value.replace(Some(task));
    drop(value);
    yield_now().await;
    assert_eq!(death.try_recv(), Ok(None), "the task holds it");
    go.send(()).expect("the task waits");
    dead::<E>(death).await;
}

/// R12, Cases 91, 161: a value that holds a snapshot of itself can be shown by it, and so lives until it lets go.
#[with_context]
pub(crate) async fn a_value_that_holds_its_own_context_dies_when_it_lets_go<E: Executor>() {
    #[with_context]
    async fn cycle(value: Arc<Holder<Context>>) {
        SNAPSHOT.set(Arc::clone(&value));
        value.replace(Some(Context::current()));
        SNAPSHOT.unset();
        yield_now().await;
    }

    let (value, mut death) = Holder::new();
    let weak = Arc::downgrade(&value);
    E::spawn(cycle(value)).join().await.expect("no panic");
    assert_eq!(death.try_recv(), Ok(None), "the cycle holds it");
    let held = weak.upgrade().expect("it is alive").replace(None);
    let snapshot = held.expect("the cycle");
    assert!(snapshot.contains(&SNAPSHOT));
    drop(snapshot);
    dead::<E>(death).await;
    assert!(weak.upgrade().is_none());
}

/// R12, Case T32: a task that outlives the request it was started in, such as a pooled connection.
#[with_context]
pub(crate) async fn a_detached_task_keeps_nothing_of_the_request<E: Executor>() {
    async fn connection(close: oneshot::Receiver<()>) -> bool {
        let _ = close.await;
        ALIVE.is_set()
    }

    #[with_context(fresh)]
    async fn detached(close: oneshot::Receiver<()>) -> bool {
        connection(close).await
    }

    #[with_context]
    async fn request<E: Executor>(value: Arc<oneshot::Sender<()>>) -> ([oneshot::Sender<()>; 2], [Task<bool>; 2]) {
        ALIVE.set(value);
        let [one, two] = [(); 2].map(|()| oneshot::channel());
        let tasks = [
            E::spawn(detached(one.1)),
            E::spawn(connection(two.1).in_context(Context::new())),
        ];
        yield_now().await;
        ([one.0, two.0], tasks)
    }

    let (value, death) = mortal();
    let (close, tasks) = E::spawn(request::<E>(value)).join().await.expect("no panic");
    dead::<E>(death).await;
    drop(close);
    for task in tasks {
        assert!(!task.join().await.expect("no panic"), "it had nothing of the request");
    }
}

/// R12, Case T32: one that was wrapped keeps the request's values until the wrapper goes.
#[with_context]
pub(crate) async fn a_wrapped_task_keeps_the_request_until_it_is_dropped<E: Executor>() {
    #[with_context]
    async fn request<E: Executor>(value: Arc<oneshot::Sender<()>>, started: oneshot::Sender<()>) -> Task<()> {
        ALIVE.set(value);
        let connection = async {
            started.send(()).expect("the test waits");
            future::pending::<()>().await;
        };
        E::spawn(connection.in_current_context())
    }

    let (value, mut death) = mortal();
    let (started, has_started) = oneshot::channel();
    let connection = E::spawn(request::<E>(value, started));
    let connection = connection.join().await.expect("no panic");
    has_started.await.expect("it starts");
    assert_eq!(death.try_recv(), Ok(None), "the connection holds it");
    connection.cancel().await;
    dead::<E>(death).await;
}
