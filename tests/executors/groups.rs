//! Members of a group keep apart, and see what was bound where each was added.

use std::sync::Arc;

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::channel::oneshot;
use futures::future::{join, join_all};
use futures::stream::{FuturesUnordered, StreamExt};

use crate::common::{Log, yield_now};
use crate::executor::Executor;

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static NUMBER: usize = 0;
#[context_var]
static THIRD: usize = 0;

#[with_context]
async fn reads() -> (&'static str, usize, usize) {
    yield_now().await;
    (NAME.get(), NUMBER.get(), THIRD.get())
}

/// R2, Case 105: a group's tasks start from the context that they are given, and write to copies.
#[with_context]
pub(crate) async fn a_group_of_tasks_is_given_a_context<E: Executor>() {
    async fn counts() -> (Option<usize>, Context) {
        let before = Context::current().get(&NUMBER).copied();
        NUMBER.set(before.unwrap_or(0) + 1);
        yield_now().await;
        (before, Context::current())
    }

    NUMBER.set(7);
    let given = Context::new().with(&NAME, "given");
    let add = |context: &Context| E::spawn(counts().in_context(context.clone())).join();
    let mut group: FuturesUnordered<_> = [add(&given), add(&given)].into_iter().collect();
    let mut last = Context::new();
    while let Some(counted) = group.next().await {
        let (before, after) = counted.expect("no panic");
        assert_eq!((before, after.get(&NUMBER), given.len()), (None, Some(&1), 1));
        last = after;
    }
    group.push(add(&last));
    let (before, after) = group.next().await.expect("a member").expect("no panic");
    assert_eq!(
        (before, after.get(&NUMBER), after.get(&NAME)),
        (Some(1), Some(&2), Some(&"given"))
    );
    assert_eq!((last.get(&NUMBER), NUMBER.get()), (Some(&1), 7));
}

#[context_var]
static PRECISION: usize = 6;

fn third() -> String {
    format!("{:.*}", PRECISION.get(), 1.0 / 3.0)
}

/// R2, Case 107
#[with_context]
pub(crate) async fn gathered_tasks_compute_with_their_own_precision<E: Executor>() {
    #[with_context(PRECISION = precision)]
    async fn computes(precision: usize) -> [String; 3] {
        let before = third();
        yield_now().await;
        let during = PRECISION.scope(precision + 2, async {
            yield_now().await;
            third()
        });
        [before, during.await, third()]
    }

    let [one, three] = [["0.3", "0.333", "0.3"], ["0.333", "0.33333", "0.333"]];
    assert_eq!(
        join(computes(1), computes(3)).await,
        (one.map(String::from), three.map(String::from))
    );
    let spawned = join_all([1, 3].map(|precision| E::spawn(computes(precision)).join())).await;
    let spawned: Vec<_> = spawned.into_iter().map(|text| text.expect("no panic")).collect();
    assert_eq!(spawned, [one, three]);
    assert_eq!(third(), "0.333333");
}

#[context_var]
static RECORDER: Log<&'static str>;

fn warn(text: &'static str) {
    RECORDER.with(|recorder| recorder.expect("somebody records").push(text));
}

/// Events, each of which happens once.
fn events<const N: usize>() -> [(oneshot::Sender<()>, oneshot::Receiver<()>); N] {
    std::array::from_fn(|_| oneshot::channel())
}

/// R2, Case 110
#[with_context]
pub(crate) async fn interleaved_tasks_record_their_own<E: Executor>() {
    #[with_context(RECORDER = Log::new())]
    async fn records(
        texts: [&'static str; 2],
        warned: oneshot::Sender<()>,
        other: oneshot::Receiver<()>,
    ) -> Vec<&'static str> {
        warn(texts[0]);
        warned.send(()).expect("the other waits");
        other.await.expect("the other warns");
        warn(texts[1]);
        RECORDER.get().expect("its own").take()
    }

    let [one, two] = events();
    let one_first = E::spawn(records(["one", "one again"], one.0, two.1));
    let two_first = E::spawn(records(["two", "two again"], two.0, one.1));
    assert_eq!(one_first.join().await.expect("no panic"), ["one", "one again"]);
    assert_eq!(two_first.join().await.expect("no panic"), ["two", "two again"]);
    assert!(RECORDER.get().is_none());
}

/// R2, Case 111
#[with_context]
pub(crate) async fn a_child_records_with_its_parent_whatever_its_sibling_opens<E: Executor>() {
    #[with_context]
    async fn inherits(opened: oneshot::Receiver<()>, warned: oneshot::Sender<()>) {
        opened.await.expect("the sibling opens its own");
        warn("of the first child");
        warned.send(()).expect("the sibling waits");
    }

    #[with_context]
    async fn opens(opened: oneshot::Sender<()>, warned: oneshot::Receiver<()>) -> Vec<&'static str> {
        let own = Log::new();
        RECORDER.set(own.clone());
        opened.send(()).expect("the sibling waits");
        warned.await.expect("the sibling warns");
        warn("of the second child");
        own.take()
    }

    let of_the_parent = Log::new();
    RECORDER.set(of_the_parent.clone());
    let [opened, warned] = events();
    let first = E::spawn(inherits(opened.1, warned.0));
    let second = E::spawn(opens(opened.0, warned.1));
    assert_eq!(second.join().await.expect("no panic"), ["of the second child"]);
    first.join().await.expect("no panic");
    assert_eq!(of_the_parent.take(), ["of the first child"]);
}

/// R1, Case 218
#[with_context]
pub(crate) async fn a_groups_value_is_seen_by_children_and_grandchildren<E: Executor>() {
    #[with_context]
    async fn child<E: Executor>(own: Option<&'static str>) -> [&'static str; 3] {
        let before = NAME.get();
        let grandchild = async { E::spawn(reads()).join().await.expect("no panic").0 };
        let during = match own {
            Some(own) => NAME.scope(own, grandchild).await,
            None => grandchild.await,
        };
        [before, during, NAME.get()]
    }

    async fn group<E: Executor>() -> [Vec<[&'static str; 3]>; 2] {
        let children = || [None, Some("child")].map(child::<E>);
        let spawned = join_all(children().map(|child| E::spawn(child).join())).await;
        [
            spawned.into_iter().map(|child| child.expect("no panic")).collect(),
            join_all(children()).await,
        ]
    }

    let seen = |of: &'static str| [[of; 3], [of, "child", of]];
    assert_eq!(group::<E>().await, [seen("nobody"), seen("nobody")]);
    let in_a_scope = async { (NAME.get(), group::<E>().await, NAME.get()) };
    let (before, children, after) = NAME.scope("parent", in_a_scope).await;
    assert_eq!(
        (before, children, after),
        ("parent", [seen("parent"), seen("parent")].map(Vec::from), "parent")
    );
    assert_eq!(NAME.get(), "nobody");
}

/// R1, Case 219: what is bound around the place where a child is added is the child's.
#[with_context]
pub(crate) async fn a_member_sees_what_was_bound_where_it_was_added<E: Executor>() {
    let mut group = Vec::new();
    NAME.scope("bound", async { group.push(E::spawn(reads()).join()) })
        .await;
    NAME.scope("not for a member", yield_now()).await;
    NAME.sync_scope("nor this", || ());
    group.push(E::spawn(reads()).join());
    let shadowed = async {
        let twice = async {
            NAME.scope("newest", async { group.push(E::spawn(reads()).join()) })
                .await;
        };
        NAME.scope("shadowed twice", NUMBER.scope(5, twice)).await;
    };
    NAME.scope("shadowed", shadowed).await;
    NAME.sync_scope("sync", || group.push(E::spawn(reads()).join()));
    let seen: Vec<_> = join_all(group)
        .await
        .into_iter()
        .map(|seen| seen.expect("no panic"))
        .collect();
    assert_eq!(
        seen,
        [("bound", 0, 0), ("nobody", 0, 0), ("newest", 5, 0), ("sync", 0, 0)]
    );
}

/// R1, Case 219: a third variable that a child binds is its own, and its children's.
#[with_context]
pub(crate) async fn a_member_binds_a_variable_more<E: Executor>() {
    #[with_context]
    async fn member<E: Executor>() -> [(&'static str, usize, usize); 3] {
        let before = reads().await;
        let during = THIRD.scope(3, async { E::spawn(reads()).join().await });
        [before, during.await.expect("no panic"), reads().await]
    }

    let add = async { NUMBER.scope(2, async { E::spawn(member::<E>()) }).await };
    let task = NAME.scope("one", add).await;
    let sibling = E::spawn(reads());
    assert_eq!(
        task.join().await.expect("no panic"),
        [("one", 2, 0), ("one", 2, 3), ("one", 2, 0)]
    );
    assert_eq!(sibling.join().await.expect("no panic"), ("nobody", 0, 0));
}

#[context_var]
static WATCHED: Arc<u32>;

/// R12, Case 219: of the values that were shadowed where a member was added, it keeps the newest alone.
#[with_context]
pub(crate) async fn a_member_keeps_the_newest_of_the_shadowed_values_alive<E: Executor>() {
    #[with_context]
    async fn keeps(go: oneshot::Receiver<()>) -> u32 {
        go.await.expect("the group says go");
        *WATCHED.get().expect("inherited")
    }

    let values = [1, 2, 3].map(Arc::new);
    let [oldest, older, newest] = &values;
    let (go, gone) = oneshot::channel();
    let add = async { E::spawn(keeps(gone)) };
    let add = async { WATCHED.scope(Arc::clone(newest), add).await };
    let add = async { WATCHED.scope(Arc::clone(older), add).await };
    let task = WATCHED.scope(Arc::clone(oldest), add).await;
    assert_eq!(values.each_ref().map(Arc::strong_count), [1, 1, 2]);
    go.send(()).expect("the member waits");
    assert_eq!(task.join().await.expect("no panic"), 3);
}
