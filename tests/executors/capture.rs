//! What a task sees is what its caller had when the future was made.

use std::pin::Pin;
use std::sync::Arc;

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::channel::oneshot;

use crate::common::yield_now;
use crate::executor::{Executor, Task};

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static DEPTH: usize = 0;
#[context_var]
static TRACE: Arc<()>;

#[with_context]
async fn name_after_a_yield() -> &'static str {
    yield_now().await;
    NAME.get()
}

/// R1, Case 95
#[with_context]
pub(crate) async fn a_spawned_handler_sees_its_caller_at_the_call<E: Executor>() {
    #[with_context]
    async fn child(go: oneshot::Receiver<()>) -> (&'static str, &'static str) {
        go.await.expect("the parent says go");
        let seen = NAME.get();
        NAME.set("child");
        yield_now().await;
        (seen, NAME.get())
    }

    NAME.set("at the call");
    let (go, gone) = oneshot::channel();
    let task = E::spawn(child(gone));
    NAME.set("later");
    go.send(()).expect("the child waits");
    assert_eq!(task.join().await.expect("no panic"), ("at the call", "child"));
    assert_eq!(NAME.get(), "later");
}

/// R1, Case T20
#[with_context]
pub(crate) async fn a_handler_made_between_two_writes_sees_the_first<E: Executor>() {
    NAME.set("at the call");
    let handler = name_after_a_yield();
    NAME.set("before the spawn");
    let task = E::spawn(handler);
    NAME.set("before the join");
    assert_eq!(task.join().await.expect("no panic"), "at the call");
}

/// R4, Case 98
#[with_context]
pub(crate) async fn a_task_given_a_context_runs_in_it<E: Executor>() {
    NAME.set("caller");
    let given = Context::new().with(&DEPTH, 7);
    for _ in 0..2 {
        let writes = async {
            let seen = (NAME.get(), DEPTH.get());
            DEPTH.set(8);
            yield_now().await;
            (seen, DEPTH.get())
        };
        let task = E::spawn(writes.in_context(given.clone()));
        assert_eq!(task.join().await.expect("no panic"), (("nobody", 7), 8));
        assert_eq!((DEPTH.get(), given.get(&DEPTH)), (0, Some(&7)));
    }

    let task = E::spawn(name_after_a_yield().in_context(given.with(&NAME, "given")));
    assert_eq!(task.join().await.expect("no panic"), "given");
    assert_eq!((NAME.get(), given.get(&NAME)), ("caller", None));
}

/// R4, Case 219
#[with_context]
pub(crate) async fn a_task_spawned_in_a_scope_keeps_it<E: Executor>() {
    NAME.set("caller");
    let inside: Task<_> = NAME
        .scope("scope", async {
            yield_now().await;
            E::spawn(name_after_a_yield())
        })
        .await;
    let around = E::spawn(NAME.scope("around", name_after_a_yield()));
    let after = E::spawn(name_after_a_yield());
    assert_eq!(inside.join().await.expect("no panic"), "scope");
    assert_eq!(around.join().await.expect("no panic"), "around");
    assert_eq!(after.join().await.expect("no panic"), "caller");
}

/// R1
#[with_context]
pub(crate) async fn a_plain_future_carries_the_context_that_it_is_given<E: Executor>() {
    NAME.set("at the call");
    let plain = async {
        let before = NAME.get();
        yield_now().await;
        NAME.set("child");
        yield_now().await;
        (before, NAME.get())
    };
    let carried = plain.in_current_context();
    NAME.set("later");
    let task = E::spawn(carried);
    assert_eq!(task.join().await.expect("no panic"), ("at the call", "child"));
    assert_eq!(NAME.get(), "later");
}

/// R5, Cases 223, P15
#[with_context]
pub(crate) async fn a_raw_task_sees_nothing_and_may_not_write<E: Executor>() {
    NAME.set("caller");
    for _ in 0..4 {
        let raw = E::spawn(async {
            let before = (NAME.get(), NAME.is_set());
            let refused = NAME.try_set("leak").is_err();
            yield_now().await;
            (before, refused, NAME.get())
        });
        assert_eq!(raw.join().await.expect("no panic"), (("nobody", false), true, "nobody"));
    }
    assert_eq!(NAME.get(), "caller");
}

/// R1, Case 211
#[with_context]
pub(crate) async fn each_generation_inherits_from_the_one_before<E: Executor>() {
    #[with_context]
    fn generation<E: Executor>(left: usize) -> Pin<Box<dyn Future<Output = usize> + Send>> {
        Box::pin(async move {
            let depth = DEPTH.get();
            DEPTH.set(depth + 1);
            if left == 0 {
                return depth;
            }
            let child = E::spawn(generation::<E>(left - 1));
            DEPTH.set(1000);
            child.join().await.expect("no panic")
        })
    }

    let generations = DEPTH.scope(5, async { (generation::<E>(20).await, DEPTH.get()) });
    assert_eq!(generations.await, (25, 5));
    assert_eq!((DEPTH.get(), DEPTH.is_set()), (0, false));
}

/// R1, Case 212: through children that bind nothing themselves.
#[with_context]
pub(crate) async fn children_that_bind_nothing_hand_on_what_they_inherit<E: Executor>() {
    #[with_context]
    fn child<E: Executor>(left: usize) -> Pin<Box<dyn Future<Output = &'static str> + Send>> {
        Box::pin(async move {
            if left == 0 {
                return NAME.get();
            }
            E::spawn(child::<E>(left - 1)).join().await.expect("no panic")
        })
    }

    let inherited = NAME.scope("ancestor", async { child::<E>(5).await });
    assert_eq!(inherited.await, "ancestor");
    assert_eq!(child::<E>(5).await, "nobody");
}

/// R1, Case 213
#[with_context]
pub(crate) async fn a_rebinding_generation_hides_nothing_else<E: Executor>() {
    #[with_context]
    async fn grandchild() -> (String, usize) {
        yield_now().await;
        (NAME.get().to_owned(), DEPTH.get())
    }

    #[with_context]
    async fn child<E: Executor>() -> (String, usize) {
        NAME.set("child");
        E::spawn(grandchild()).join().await.expect("no panic")
    }

    NAME.set("parent");
    DEPTH.set(3);
    let child = E::spawn(child::<E>()).join().await.expect("no panic");
    assert_eq!(child, ("child".to_owned(), 3));
    assert_eq!((NAME.get(), DEPTH.get()), ("parent", 3));
}

/// R12, Case 216
#[with_context]
pub(crate) async fn a_task_keeps_its_value_after_the_scope_has_ended<E: Executor>() {
    #[with_context]
    async fn holder(go: oneshot::Receiver<()>) -> bool {
        go.await.expect("the parent says go");
        TRACE.get().is_some()
    }

    let value = Arc::new(());
    let (first, second) = (oneshot::channel(), oneshot::channel());
    let tasks = TRACE
        .scope(Arc::clone(&value), async {
            [E::spawn(holder(first.1)), E::spawn(holder(second.1))]
        })
        .await;
    assert!(Arc::strong_count(&value) > 1, "the tasks hold it");
    for ((task, go), is_held) in tasks.into_iter().zip([first.0, second.0]).zip([true, false]) {
        go.send(()).expect("the task waits");
        assert!(task.join().await.expect("no panic"));
        assert_eq!(Arc::strong_count(&value) > 1, is_held, "until both have finished");
    }
}
