//! A callback sees what was set where it was registered, whoever calls it.

use std::pin::Pin;
use std::thread;
use std::time::Duration;

use contextvars::{Context, ContextExt, bind, context_var, with_context};
use futures::channel::{mpsc, oneshot};
use futures::future;
use futures::stream::StreamExt;

use crate::clean::threads_are_clean;
use crate::common::yield_now;
use crate::executor::Executor;

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static NUMBER: usize = 0;

#[with_context]
async fn timer<E: Executor>() -> &'static str {
    E::sleep(Duration::from_millis(1)).await;
    NAME.get()
}

/// R1, Case 164: unset counts from then on; what was registered before keeps its own.
#[with_context]
pub(crate) async fn an_unset_variable_is_unset_in_later_callbacks<E: Executor>() {
    NAME.set("set");
    let (early, bound) = (E::spawn(timer::<E>()), bind(|| NAME.get()));
    NAME.unset();
    assert_eq!(NAME.get(), "nobody");
    let late = E::spawn(timer::<E>());
    yield_now().await;
    assert!(!NAME.is_set());
    let later = bind(|| NAME.get());
    assert_eq!((bound(), later()), ("set", "nobody"));
    assert_eq!(early.join().await.expect("no panic"), "set");
    assert_eq!(late.join().await.expect("no panic"), "nobody");
    let again = NAME.scope("again", async { E::spawn(timer::<E>()).join().await });
    assert_eq!(again.await.expect("no panic"), "again");
    assert!(!NAME.is_set());
}

/// R2, Case 165
#[with_context]
pub(crate) async fn a_callbacks_write_is_seen_by_its_own_timers<E: Executor>() {
    #[with_context]
    async fn callback<E: Executor>(name: Option<&'static str>) -> &'static str {
        name.map(|name| NAME.set(name));
        yield_now().await;
        E::spawn(timer::<E>()).join().await.expect("no panic")
    }

    NAME.set("caller");
    let [one, two, none] = [Some("one"), Some("two"), None].map(|name| E::spawn(callback::<E>(name)));
    assert_eq!(one.join().await.expect("no panic"), "one");
    assert_eq!(two.join().await.expect("no panic"), "two");
    assert_eq!(none.join().await.expect("no panic"), "caller");
}

/// R2, Case 249: with a hop to the thread that calls back, and without.
#[with_context]
pub(crate) async fn a_task_completed_by_a_callback_leaves_the_threads_clean<E: Executor>() {
    #[with_context]
    async fn waits(done: oneshot::Receiver<&'static str>) -> [&'static str; 2] {
        NAME.set("waiter");
        [done.await.expect("the callback completes it"), NAME.get()]
    }

    NAME.set("caller");
    for hop in [false, true] {
        let (complete, done) = oneshot::channel();
        let task = E::spawn(waits(done));
        yield_now().await;
        let callback = NAME.sync_scope("callback", || bind(move || complete.send(NAME.get())));
        if hop {
            let clean = thread::spawn(|| (callback(), Context::current().is_empty()));
            assert_eq!(clean.join().expect("no panic"), (Ok(()), true));
        } else {
            callback().expect("the task waits");
        }
        assert_eq!(task.join().await.expect("no panic"), ["callback", "waiter"]);
        assert_eq!(NAME.get(), "caller");
        threads_are_clean::<E>().await;
    }
}

/// R9, Cases 106, P15
#[with_context]
pub(crate) async fn a_blocking_closure_sees_what_it_is_bound_to<E: Executor>() {
    NAME.set("before");
    let bound = bind(|| {
        let seen = NAME.get();
        NAME.set("there");
        [seen, NAME.get()]
    });
    NAME.set("later");
    assert_eq!(E::unblock(bound).await, ["before", "there"]);
    assert_eq!(NAME.get(), "later");
    let raw = E::unblock(|| (NAME.get(), Context::current().is_empty()));
    assert_eq!(raw.await, ("nobody", true));
}

type Callback = Box<dyn FnOnce(usize) + Send>;

/// Case 176: one connection serves all, and each response is handled where its request was made.
#[with_context]
pub(crate) async fn a_response_callback_sees_its_own_request<E: Executor>() {
    #[with_context]
    async fn connection(mut requests: mpsc::UnboundedReceiver<(usize, Callback)>) {
        while let Some((request, respond)) = requests.next().await {
            NUMBER.set(request + 1000);
            yield_now().await;
            respond(request);
            assert_eq!(NUMBER.get(), request + 1000);
        }
    }

    #[with_context(NUMBER = number)]
    async fn request(number: usize, pool: mpsc::UnboundedSender<(usize, Callback)>) -> (usize, usize) {
        let (respond, response) = oneshot::channel();
        let callback = #[with_context]
        move |body: usize| {
            respond.send((body, NUMBER.get())).expect("the request waits");
            NUMBER.set(usize::MAX);
        };
        assert!(pool.unbounded_send((number, Box::new(callback))).is_ok());
        response.await.expect("the connection responds")
    }

    NUMBER.set(7);
    let (pool, requests) = mpsc::unbounded();
    let connection = E::spawn(connection(requests));
    let requests = [1, 2, 3].map(|number| E::spawn(request(number, pool.clone())));
    drop(pool);
    for (task, number) in requests.into_iter().zip(1..) {
        assert_eq!(task.join().await.expect("no panic"), (number, number));
    }
    connection.join().await.expect("no panic");
}

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// R4, Case 176: the same for jobs that the connection awaits, under a scope of its own.
#[with_context]
pub(crate) async fn a_queued_job_sees_its_own_request<E: Executor>() {
    #[with_context]
    async fn connection(mut jobs: mpsc::UnboundedReceiver<Job>) {
        while let Some(job) = jobs.next().await {
            NAME.scope("connection", job).await;
        }
    }

    #[with_context(NAME = name)]
    async fn request(name: &'static str, pool: mpsc::UnboundedSender<Job>) -> &'static str {
        let (respond, response) = oneshot::channel();
        let job = async move {
            yield_now().await;
            respond.send(NAME.get()).expect("the request waits");
        };
        let job = Box::pin(job.in_current_context());
        assert!(pool.unbounded_send(job).is_ok());
        response.await.expect("the connection responds")
    }

    NAME.set("creator");
    let (pool, jobs) = mpsc::unbounded();
    let connection = E::spawn(connection(jobs));
    let names = ["zero", "one", "two"];
    let requests = names.map(|name| E::spawn(request(name, pool.clone())));
    drop(pool);
    for (task, name) in requests.into_iter().zip(names) {
        assert_eq!(task.join().await.expect("no panic"), name);
    }
    connection.join().await.expect("no panic");
}

/// R9, Case 287
#[with_context]
pub(crate) async fn a_task_from_a_foreign_thread_brings_nothing_and_gets_nothing<E: Executor>() {
    #[with_context]
    async fn task() -> [&'static str; 2] {
        let before = NAME.get();
        NAME.set("task");
        yield_now().await;
        [before, NAME.get()]
    }

    NAME.set("caller");
    let (send, made) = oneshot::channel();
    thread::spawn(|| send.send(task()).map_err(drop));
    let task = E::spawn(made.await.expect("the thread sends it"));
    assert_eq!(task.join().await.expect("no panic"), ["nobody", "task"]);
    assert_eq!(NAME.get(), "caller");
    threads_are_clean::<E>().await;
}

/// R2, Case 246: with a hop and without, with a wait before each item and without, with a value around both and without.
#[with_context]
pub(crate) async fn a_producer_and_its_collector_keep_their_own<E: Executor>() {
    #[with_context]
    async fn produces(items: mpsc::UnboundedSender<[&'static str; 2]>, own: Option<&'static str>, waits: bool) {
        own.map(|own| NAME.set(own));
        for _ in 0..3 {
            let before = NAME.get();
            if waits {
                yield_now().await;
            }
            items
                .unbounded_send([before, NAME.get()])
                .expect("the collector listens");
        }
    }

    async fn collects<E: Executor>(own: Option<&'static str>, waits: bool, hops: bool) {
        let around = NAME.get();
        let (items, mut collected) = mpsc::unbounded();
        let producer = produces(items, own, waits);
        let collector = async {
            NAME.set("collector");
            while let Some(item) = collected.next().await {
                assert_eq!(item, [own.unwrap_or(around); 2]);
                assert_eq!(NAME.get(), "collector");
            }
        };
        if hops {
            let producer = E::spawn(producer);
            collector.await;
            producer.join().await.expect("no panic");
        } else {
            future::join(producer, collector).await;
        }
    }

    for around in [None, Some("around")] {
        for own in [None, Some("producer")] {
            for (waits, hops) in [(false, false), (false, true), (true, false), (true, true)] {
                let given = around.map_or(Context::new(), |around| Context::new().with(&NAME, around));
                collects::<E>(own, waits, hops).in_context(given).await;
                assert_eq!(NAME.get(), "nobody");
            }
        }
    }
}
