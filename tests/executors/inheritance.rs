//! What a child inherits is the very binding of its parent, and what it makes of it is its own.

use std::panic::Location;
use std::sync::{Arc, Mutex};

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::channel::oneshot;

use crate::common::yield_now;
use crate::executor::{Executor, Task};

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static NUMBER: usize = 0;
#[context_var]
static SHARED: Arc<Mutex<usize>>;

#[with_context]
async fn reads() -> (&'static str, usize) {
    yield_now().await;
    (NAME.get(), NUMBER.get())
}

/// R2, Case 99
#[with_context]
pub(crate) async fn a_task_exposes_the_context_that_it_was_given<E: Executor>() {
    async fn exposes() -> [Context; 3] {
        let first = Context::current();
        yield_now().await;
        let second = Context::current();
        NUMBER.set(8);
        [first, second, Context::current()]
    }

    #[with_context]
    async fn annotated() -> [Context; 3] {
        exposes().await
    }

    NAME.set("caller");
    let given = Context::new().with(&NAME, "given").with(&NUMBER, 7);
    let here = Context::current();
    let tasks = [
        (E::spawn(exposes().in_context(given.clone())), &given),
        (E::spawn(annotated().in_context(given.clone())), &given),
        (E::spawn(exposes().in_current_context()), &here),
        (E::spawn(annotated()), &here),
    ];
    for (task, given) in tasks {
        let [first, second, third] = task.join().await.expect("no panic");
        assert!(first.ptr_eq(given) && second.ptr_eq(given));
        assert!(!third.ptr_eq(given));
        assert_eq!(third.get(&NUMBER), Some(&8));
    }
    assert_eq!((given.get(&NUMBER), here.get(&NUMBER)), (Some(&7), None));
    assert!(Context::current().ptr_eq(&here));
}

/// R1, Case 214
#[with_context]
pub(crate) async fn a_task_spawned_from_a_plain_fn_inherits<E: Executor>() {
    fn starts<E: Executor>() -> Task<(&'static str, usize)> {
        NAME.sync_scope("older", || NAME.sync_scope("newest", || E::spawn(reads())))
    }

    #[with_context(NUMBER = 5)]
    fn starts_annotated<E: Executor>() -> [Task<(&'static str, usize)>; 2] {
        [starts::<E>(), E::spawn(reads())]
    }

    NAME.set("caller");
    NUMBER.set(1);
    let outside = E::spawn(async { starts::<E>() }).join().await.expect("no panic");
    let [inside, beside] = starts_annotated::<E>();
    assert_eq!(starts::<E>().join().await.expect("no panic"), ("newest", 1));
    assert_eq!(inside.join().await.expect("no panic"), ("newest", 5));
    assert_eq!(beside.join().await.expect("no panic"), ("caller", 5));
    assert_eq!(
        outside.join().await.expect("no panic"),
        ("newest", 0),
        "with no task around"
    );
}

/// R2, Case 215
#[with_context]
pub(crate) async fn with_nothing_bound_a_task_may_bind<E: Executor>() {
    #[with_context]
    async fn child() -> [(&'static str, usize); 2] {
        let before = reads().await;
        NAME.set("child");
        [before, reads().await]
    }

    assert!(Context::current().is_empty());
    let tasks = [
        E::spawn(child()),
        E::spawn(async { child().await }),
        E::spawn(child().in_current_context()),
    ];
    for task in tasks {
        let seen = task.join().await.expect("no panic");
        assert_eq!(seen, [("nobody", 0), ("child", 0)]);
    }
    assert!(Context::current().is_empty());
}

/// R2, Case 243: the same value, from the same place.
#[with_context]
pub(crate) async fn a_child_inherits_the_very_binding<E: Executor>() {
    type Bound = (Arc<Mutex<usize>>, &'static Location<'static>);

    fn bound() -> Bound {
        let context = Context::current();
        let (_, _, place) = context
            .iter()
            .find(|(name, ..)| *name == "SHARED")
            .expect("it is bound");
        (SHARED.get().expect("it is bound"), place)
    }

    #[with_context]
    async fn child<E: Executor>(generations: usize) -> Bound {
        NUMBER.set(generations);
        yield_now().await;
        bound()
    }

    let value = Arc::default();
    SHARED.set(Arc::clone(&value));
    let (_, place) = bound();
    let line = line!() - 2;
    assert_eq!((place.file(), place.line()), (file!(), line));
    for task in [
        E::spawn(child::<E>(1)),
        E::spawn(async { bound() }.in_current_context()),
    ] {
        let (inherited, from) = task.join().await.expect("no panic");
        assert!(Arc::ptr_eq(&inherited, &value));
        assert_eq!(from, place);
    }
}

/// R2, Case 244
#[with_context]
pub(crate) async fn a_childs_passing_write_is_seen_by_nobody_else<E: Executor>() {
    #[with_context]
    async fn child(written: oneshot::Sender<()>, go: oneshot::Receiver<()>) -> [&'static str; 3] {
        let before = NAME.get();
        let guard = NAME.set("passing").guard();
        written.send(()).expect("the parent waits");
        go.await.expect("the parent says go");
        let during = NAME.get();
        drop(guard);
        [before, during, NAME.get()]
    }

    NAME.set("parent");
    let ((written, has_written), (go, gone)) = (oneshot::channel(), oneshot::channel());
    let task = E::spawn(child(written, gone));
    has_written.await.expect("the child writes");
    assert_eq!(NAME.get(), "parent");
    assert_eq!(reads().await.0, "parent");
    assert_eq!(E::spawn(reads()).join().await.expect("no panic").0, "parent");
    go.send(()).expect("the child waits");
    assert_eq!(task.join().await.expect("no panic"), ["parent", "passing", "parent"]);
    assert_eq!(NAME.get(), "parent");
}

/// R2, Case 247: a root context may start many tasks, and hears of none.
#[with_context]
pub(crate) async fn a_context_passed_again_is_as_it_was<E: Executor>() {
    #[with_context]
    async fn child() -> (usize, usize, &'static str) {
        let before = NUMBER.get();
        NUMBER.set(before + 1);
        yield_now().await;
        (before, NUMBER.get(), NAME.get())
    }

    let root = Context::new().with(&NUMBER, 5);
    for _ in 0..3 {
        let task = E::spawn(child().in_context(root.clone()));
        assert_eq!(task.join().await.expect("no panic"), (5, 6, "nobody"));
    }
    let sealed = E::spawn(NAME.scope("scope", child().in_context(root.clone())));
    assert_eq!(sealed.join().await.expect("no panic"), (5, 6, "nobody"));
    let merged = E::spawn(child().in_context(root.with(&NAME, "merged")));
    assert_eq!(merged.join().await.expect("no panic"), (5, 6, "merged"));
    assert_eq!(root.get(&NUMBER), Some(&5));
}

/// R2, R3, Case 247: an annotated future that is blocked on has a copy, and a plain one shares.
#[with_context]
pub(crate) async fn block_on_inside_a_task<E: Executor>() {
    async fn plain(number: usize) -> usize {
        let before = NUMBER.get();
        NUMBER.set(number);
        yield_now().await;
        before
    }

    #[with_context]
    async fn annotated(number: usize) -> usize {
        plain(number).await
    }

    #[with_context(NUMBER = 1)]
    async fn blocks() -> [usize; 4] {
        let copied = smol::block_on(annotated(2));
        let after_the_copy = NUMBER.get();
        let shared = smol::block_on(plain(3));
        yield_now().await;
        [copied, after_the_copy, shared, NUMBER.get()]
    }

    NUMBER.set(9);
    assert_eq!(blocks().await, [1, 1, 1, 3]);
    assert_eq!(E::spawn(blocks()).join().await.expect("no panic"), [1, 1, 1, 3]);
    assert_eq!(NUMBER.get(), 9);
}

/// R2, Case 253: what a value shares by itself is shared; which value is bound is not.
#[with_context]
pub(crate) async fn a_change_inside_a_shared_value_is_seen_and_a_set_is_not<E: Executor>() {
    fn add(number: usize) -> usize {
        let shared = SHARED.get().expect("it is bound");
        let mut sum = shared.lock().expect("no panic");
        *sum += number;
        *sum
    }

    #[with_context]
    async fn child() -> [usize; 2] {
        let changed = add(10);
        yield_now().await;
        SHARED.set(Arc::new(Mutex::new(500)));
        yield_now().await;
        [changed, add(5)]
    }

    SHARED.set(Arc::new(Mutex::new(1)));
    assert_eq!(E::spawn(child()).join().await.expect("no panic"), [11, 505]);
    assert_eq!(add(0), 11);
    assert_eq!(child().await, [21, 505]);
    assert_eq!(add(0), 21);
}
