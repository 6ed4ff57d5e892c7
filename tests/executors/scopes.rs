//! Scopes around awaits: they nest, shadow and end, on the thread that the task is on by then.

use std::sync::Arc;
use std::time::Duration;

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::future::join;

use crate::common::{Log, poll_once, yield_now};
use crate::executor::Executor;

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static NUMBER: usize = 0;
#[context_var]
static VALUE: Arc<()>;

fn seen() -> (&'static str, usize) {
    (NAME.get(), NUMBER.get())
}

#[with_context]
async fn reads() -> (&'static str, usize) {
    yield_now().await;
    seen()
}

/// R6, Case 206
#[with_context]
pub(crate) async fn an_error_ends_a_scope_and_frees_its_value<E: Executor>() {
    async fn fails() -> Result<(), &'static str> {
        yield_now().await;
        Err(NAME.get())
    }

    #[with_context]
    async fn tries(value: Arc<()>) -> Result<(), &'static str> {
        let inside = async {
            NAME.set("in the scope");
            fails().await?;
            unreachable!("`?` returns");
        };
        let failed: Result<(), _> = VALUE.scope(Arc::clone(&value), inside).await;
        assert_eq!(
            (NAME.get(), VALUE.is_set(), Arc::strong_count(&value)),
            ("caller", false, 1)
        );
        failed?;
        unreachable!("`?` returns");
    }

    NAME.set("caller");
    assert_eq!(tries(Arc::new(())).await, Err("in the scope"));
    let task = E::spawn(tries(Arc::new(())));
    assert_eq!(task.join().await.expect("no panic"), Err("in the scope"));
    assert_eq!(NAME.get(), "caller");
}

/// R6, Cases 207, 208
#[with_context]
pub(crate) async fn scopes_nest_and_shadow_across_awaits<E: Executor>() {
    #[with_context]
    async fn nests() -> Vec<(&'static str, usize)> {
        let log = Log::new();
        let note = async || {
            log.push(seen());
            yield_now().await;
            log.push(seen());
        };
        let innermost = async { NAME.scope("innermost", note()).await };
        let inner = async {
            note().await;
            innermost.await;
            note().await;
        };
        let outer = async {
            note().await;
            NUMBER.scope(1, NAME.scope("inner", inner)).await;
            note().await;
        };
        NAME.scope("outer", outer).await;
        note().await;
        log.take()
    }

    let expected: Vec<_> = [
        ("outer", 0),
        ("inner", 1),
        ("innermost", 1),
        ("inner", 1),
        ("outer", 0),
        ("nobody", 0),
    ]
    .into_iter()
    .flat_map(|seen| [seen; 2])
    .collect();
    assert_eq!(nests().await, expected);
    assert_eq!(E::spawn(nests()).join().await.expect("no panic"), expected);
}

/// R2, Case 209: scopes around awaits, scopes around calls, and each in the other.
#[with_context]
pub(crate) async fn an_outer_scope_shows_while_another_variable_is_rebound<E: Executor>() {
    #[with_context]
    async fn rebinds() -> ([(&'static str, usize); 4], (&'static str, usize)) {
        let inside = NUMBER.scope(1, async {
            yield_now().await;
            let (sync, made_there) = NUMBER.sync_scope(2, || (seen(), reads()));
            let in_async = NUMBER.scope(3, reads()).await;
            [sync, made_there.await, in_async, seen()]
        });
        (inside.await, seen())
    }

    let expected = ([2, 2, 3, 1].map(|number| ("outer", number)), ("outer", 0));
    assert_eq!(NAME.scope("outer", rebinds()).await, expected);
    assert_eq!(NAME.sync_scope("outer", rebinds).await, expected);
    let spawned = NAME.sync_scope("outer", || E::spawn(rebinds()));
    assert_eq!(spawned.join().await.expect("no panic"), expected);
    assert_eq!(seen(), ("nobody", 0));
}

/// Case 210
#[with_context]
pub(crate) async fn a_scope_may_write_to_its_callers_locals<E: Executor>() {
    let (mut names, mut count) = (Vec::new(), 0);
    let more = &mut count;
    let inside = async {
        names.push(NAME.get());
        E::spawn(yield_now()).join().await.expect("no panic");
        NAME.sync_scope("sync", || names.push(NAME.get()));
        *more += names.len();
    };
    NAME.scope("async", inside).await;
    names.push(NAME.get());
    assert_eq!((names, count), (vec!["async", "sync", "nobody"], 2));
}

/// R2, Case 242
#[with_context]
pub(crate) async fn a_sibling_of_nested_scopes_sees_none_of_them<E: Executor>() {
    let nested = NAME.scope("outer", async {
        let inner = NAME.scope("inner", async { E::spawn(reads()).join().await }).await;
        [inner.expect("no panic"), reads().await, seen()]
    });
    let (nested, sibling) = join(nested, NUMBER.scope(1, reads())).await;
    assert_eq!(nested, [("inner", 0), ("outer", 0), ("outer", 0)]);
    assert_eq!(sibling, ("nobody", 1));
}

/// R6, Case 168: one variable is left for a while, in two chains at once.
#[with_context]
pub(crate) async fn an_exit_from_one_variable_leaves_the_other<E: Executor>() {
    #[with_context]
    async fn chain<E: Executor>(name: &'static str, number: usize) -> [(&'static str, usize); 3] {
        NAME.set(name);
        NUMBER.set(number);
        E::sleep(Duration::from_millis(1)).await;
        let exited = async {
            let before = seen();
            E::sleep(Duration::from_millis(1)).await;
            [before, seen()]
        };
        let [before, after] = exited.in_context(Context::current().without(&NAME)).await;
        [before, after, seen()]
    }

    NAME.set("caller");
    let chains = [("one", 1), ("two", 2)];
    let tasks = chains.map(|(name, number)| E::spawn(chain::<E>(name, number)));
    for (task, (name, number)) in tasks.into_iter().zip(chains) {
        let expected = [("nobody", number), ("nobody", number), (name, number)];
        assert_eq!(task.join().await.expect("no panic"), expected);
    }
    assert_eq!(seen(), ("caller", 0));
}

/// R6, Case 175
#[with_context]
pub(crate) async fn an_exit_holds_across_awaits_and_in_tasks<E: Executor>() {
    #[with_context]
    async fn exits<E: Executor>() -> [(&'static str, usize); 5] {
        let before = reads().await;
        let exited = async {
            let first = reads().await;
            let spawned = E::spawn(reads()).join().await.expect("no panic");
            [first, spawned, seen()]
        };
        let [first, spawned, last] = exited.in_context(Context::new()).await;
        [before, first, spawned, last, seen()]
    }

    NAME.set("caller");
    let (inside, outside) = (("caller", 0), ("nobody", 0));
    let expected = [inside, outside, outside, outside, inside];
    assert_eq!(exits::<E>().await, expected);
    assert_eq!(E::spawn(exits::<E>()).join().await.expect("no panic"), expected);
}

#[context_var]
static FIRST: Element;
#[context_var]
static SECOND: Element;

/// Says at its end which of both are bound then.
struct Element(&'static str, Log<Ended>);

type Ended = (&'static str, bool, bool);

impl Drop for Element {
    fn drop(&mut self) {
        self.1.push((self.0, FIRST.is_set(), SECOND.is_set()));
    }
}

/// R6, R7, Case 245
#[with_context]
pub(crate) async fn what_was_bound_last_ends_first<E: Executor>() {
    #[with_context]
    async fn scoped(log: Log<Ended>) {
        let inner = async { SECOND.scope(Element("second", log.clone()), yield_now()).await };
        FIRST.scope(Element("first", log.clone()), inner).await;
    }

    #[with_context]
    async fn guarded(log: Log<Ended>) {
        let _first = FIRST.set(Element("first", log.clone())).guard();
        let _second = SECOND.set(Element("second", log)).guard();
        yield_now().await;
    }

    async fn ended<E: Executor, F>(ends: fn(Log<Ended>) -> F) -> [Vec<Ended>; 3]
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let log = Log::new();
        ends(log.clone()).await;
        let awaited = log.take();
        E::spawn(ends(log.clone())).join().await.expect("no panic");
        let spawned = log.take();
        let mut pending = Box::pin(ends(log.clone()));
        assert!(poll_once(pending.as_mut()).is_pending());
        assert_eq!((log.take(), FIRST.is_set(), SECOND.is_set()), (vec![], false, false));
        drop(pending);
        [awaited, spawned, log.take()]
    }

    let expected = vec![("second", true, false), ("first", false, false)];
    assert_eq!(ended::<E, _>(scoped).await, [&*expected; 3]);
    assert_eq!(ended::<E, _>(guarded).await, [&*expected; 3]);
}
