//! A failure is handled in the context of whoever handles it: what fails, what awaits it, what is around both.

use std::panic::{self, AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::{Pin, pin};
use std::sync::Once;
use std::time::Duration;

use contextvars::{bind, bind_fn, context_var, with_context};
use futures::FutureExt;
use futures::channel::mpsc;
use futures::stream::StreamExt;

use crate::clean::threads_are_clean;
use crate::common::{Log, poll_once, quiet_expected_panics, yield_now};
use crate::executor::{Executor, Task};

#[context_var]
static NAME: &str = "nobody";

/// A panic that brings its own report to the hook, so that tests at once do not see each other's.
struct Thrown(Box<dyn Fn() + Send>);

/// Panics; the panic hook runs `report`.
fn throw(report: impl Fn() + Send + 'static) {
    static HOOK: Once = Once::new();
    // The other hook first: of two that are installed at once, one may be lost.
    quiet_expected_panics();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| match info.payload().downcast_ref() {
            Some(Thrown(report)) => report(),
            None => previous(info),
        }));
    });
    panic_any(Thrown(Box::new(report)));
}

fn throw_name(log: Log<&'static str>) {
    throw(move || log.push(NAME.get()));
}

/// What is reported of a task that fails, which leaves its caller as it was.
async fn reported<E: Executor, F>(fails: fn(Log<&'static str>) -> F) -> Vec<&'static str>
where
    F: Future<Output = ()> + Send + 'static,
{
    let (before, log) = (NAME.get(), Log::new());
    let task = E::spawn(fails(log.clone()));
    task.join().await.expect_err("it panics");
    assert_eq!(NAME.get(), before);
    log.take()
}

/// R6, Case 102: the panic hook is called where the panic is, before anything is restored.
#[with_context]
pub(crate) async fn the_panic_hook_sees_the_value_of_the_task_that_fails<E: Executor>() {
    #[with_context]
    async fn fails(log: Log<&'static str>) {
        NAME.set("starting");
        yield_now().await;
        NAME.set("failing");
        throw_name(log);
    }

    NAME.set("caller");
    assert_eq!(reported::<E, _>(fails).await, ["failing"]);
    let log = Log::new();
    let awaited = AssertUnwindSafe(fails(log.clone())).catch_unwind();
    awaited.await.expect_err("it panics");
    assert_eq!(log.take(), ["failing"]);
    assert_eq!(NAME.get(), "caller");
    threads_are_clean::<E>().await;
}

/// R6, Case 103
#[with_context]
pub(crate) async fn the_panic_hook_sees_the_value_of_the_callback_that_fails<E: Executor>() {
    let log = Log::new();
    NAME.set("registered");
    let [once, many] = [log.clone(), log.clone()];
    let once = bind(move || {
        once.push(NAME.get());
        NAME.set("once");
        throw_name(once);
    });
    let many = bind_fn(move || {
        many.push(NAME.get());
        NAME.set("many");
        throw_name(many.clone());
    });
    NAME.set("later");
    let tasks = [
        E::spawn(async { once() }),
        E::spawn(async move {
            catch_unwind(AssertUnwindSafe(&many)).expect_err("it panics");
            many();
        }),
    ];
    let mut said = Vec::new();
    for task in tasks {
        task.join().await.expect_err("it panics");
        said.extend(log.take());
    }
    said.sort_unstable();
    assert_eq!(said, ["many", "many", "once", "registered", "registered", "registered"]);
    assert_eq!(NAME.get(), "later");
    threads_are_clean::<E>().await;
}

/// R6, Case 166: where nothing is set, each failure is reported with the value of that which fails.
#[with_context]
pub(crate) async fn each_failure_is_reported_with_its_own_value<E: Executor>() {
    #[with_context(NAME = "awaits")]
    async fn after_awaits(log: Log<&'static str>) {
        yield_now().await;
        yield_now().await;
        throw_name(log);
    }

    #[with_context(NAME = "timer")]
    async fn in_a_timer<E: Executor>(log: Log<&'static str>) {
        E::sleep(Duration::from_millis(1)).await;
        throw_name(log);
    }

    #[with_context(NAME = "handler")]
    async fn in_a_handler(log: Log<&'static str>) {
        let first = AssertUnwindSafe(after_awaits(log.clone())).catch_unwind();
        first.await.expect_err("it panics");
        throw_name(log);
    }

    let log = Log::new();
    let in_run = AssertUnwindSafe(|| NAME.sync_scope("run", || throw_name(log.clone())));
    catch_unwind(in_run).expect_err("it panics");
    assert_eq!(log.take(), ["run"]);
    assert!(!NAME.is_set());
    assert_eq!(reported::<E, _>(after_awaits).await, ["awaits"]);
    assert_eq!(reported::<E, _>(in_a_timer::<E>).await, ["timer"]);
    assert_eq!(reported::<E, _>(in_a_handler).await, ["awaits", "handler"]);
    assert!(!NAME.is_set());
}

/// R2, Case 173: an error goes up through tasks and calls, and each that handles it is in its own context.
#[with_context]
pub(crate) async fn each_handler_of_an_error_sees_its_own_value<E: Executor>() {
    type Handled = Result<(), Vec<&'static str>>;

    fn handled(mut handlers: Vec<&'static str>) -> Vec<&'static str> {
        handlers.push(NAME.get());
        handlers
    }

    #[with_context(NAME = "leaf")]
    async fn leaf() -> Handled {
        yield_now().await;
        Err(vec![NAME.get()])
    }

    #[with_context(NAME = "middle")]
    async fn middle<E: Executor>() -> Handled {
        let task = E::spawn(leaf());
        task.join().await.expect("no panic").map_err(handled)?;
        unreachable!("`?` returns");
    }

    #[with_context(NAME = "outer")]
    async fn outer<E: Executor>() -> Handled {
        NAME.scope("scope", async { middle::<E>().await.map_err(handled) })
            .map(|result| result.map_err(handled))
            .await
    }

    let task = E::spawn(outer::<E>());
    let outside = task.join().await.expect("no panic").map_err(handled);
    assert_eq!(outside, Err(vec!["leaf", "middle", "scope", "outer", "nobody"]));
    assert!(!NAME.is_set());
}

/// R6, Case 114
#[with_context]
pub(crate) async fn a_task_that_fails_at_its_start_takes_nobody_with_it<E: Executor>() {
    #[with_context]
    async fn fails_at_once() {
        NAME.set("failing");
        panic!("expected");
    }

    #[with_context]
    fn fails_at_the_call() -> Pin<Box<dyn Future<Output = ()> + Send>> {
        NAME.set("failing");
        panic!("expected");
    }

    #[with_context]
    async fn goes_on() -> &'static str {
        yield_now().await;
        NAME.get()
    }

    quiet_expected_panics();
    let token = NAME.set("caller");
    for _ in 0..4 {
        E::spawn(fails_at_once()).join().await.expect_err("it panics");
        let eager = catch_unwind(|| poll_once(pin!(fails_at_once())));
        assert!(eager.is_err() && catch_unwind(fails_at_the_call).is_err());
        assert_eq!(NAME.get(), "caller");
        let next = E::spawn(goes_on());
        assert_eq!(next.join().await.expect("no panic"), "caller");
    }
    NAME.reset(token).expect("still the caller's own context");
    threads_are_clean::<E>().await;
}

/// R1, Case 287
#[with_context]
pub(crate) async fn a_panic_hook_may_spawn<E: Executor>() {
    #[with_context]
    async fn last_words() -> &'static str {
        yield_now().await;
        NAME.get()
    }

    #[with_context]
    async fn fails<E: Executor>(tasks: mpsc::UnboundedSender<Task<&'static str>>) {
        NAME.set("failing");
        yield_now().await;
        throw(move || {
            let _ = tasks.unbounded_send(E::spawn(last_words()));
        });
    }

    NAME.set("caller");
    let (tasks, mut spawned) = mpsc::unbounded();
    E::spawn(fails::<E>(tasks)).join().await.expect_err("it panics");
    let task = spawned.next().await.expect("the hook spawns");
    assert_eq!(task.join().await.expect("no panic"), "failing");
    assert_eq!(NAME.get(), "caller");
}
