//! What a task sees, and who sees what it sets.

use contextvars::tokio::{JoinSet, spawn, spawn_blocking, spawn_local, spawn_local_on};
use contextvars::{Context, ContextExt, context_var, with_context};
use futures::FutureExt;
use tokio::task::{LocalSet, yield_now};

use crate::ways::{of_closures, of_futures, on_each_runtime};

#[context_var]
static USER: &'static str = "nobody";
#[context_var(local)]
static TRANSACTION: u32;

async fn user() -> &'static str {
    yield_now().await;
    USER.get()
}

/// R1, R2: a task sees what was bound when it was spawned, not when it is first polled, and keeps what it sets to itself.
#[test]
fn every_task_has_a_copy_from_where_it_is_spawned() {
    #[with_context]
    async fn request(set: &LocalSet) {
        TRANSACTION.set(7);
        for (way, spawn) in of_futures() {
            USER.set("alice");
            let task = async {
                let before = (USER.get(), TRANSACTION.get());
                USER.set("carol");
                (before, user().await)
            };
            let task = spawn(task.boxed(), set);
            USER.set("bob");
            assert_eq!(task.joined.await.unwrap(), (("alice", None), "carol"), "{way}");
            assert_eq!(USER.get(), "bob", "{way}");
        }
    }

    on_each_runtime(request);
}

/// The same for closures that may block.
#[test]
fn every_blocking_closure_has_a_copy_from_where_it_is_spawned() {
    #[with_context]
    async fn request(set: &LocalSet) {
        TRANSACTION.set(7);
        for (way, spawn) in of_closures() {
            USER.set("alice");
            let work = || {
                let before = (USER.get(), TRANSACTION.get());
                USER.set("carol");
                (before, USER.get())
            };
            let task = spawn(Box::new(work), set);
            USER.set("bob");
            assert_eq!(task.joined.await.unwrap(), (("alice", None), "carol"), "{way}");
            assert_eq!(USER.get(), "bob", "{way}");
        }
    }

    on_each_runtime(request);
}

/// R5: spawned where there is no context, a task has one of its own all the same: it may set, and nobody else sees it.
#[test]
fn a_task_from_outside_every_context_has_its_own() {
    on_each_runtime(async |set| {
        for (way, spawn) in of_futures() {
            let task = async {
                let before = USER.get();
                USER.set("alice");
                (before, user().await)
            };
            assert_eq!(
                spawn(task.boxed(), set).joined.await.unwrap(),
                ("nobody", "alice"),
                "{way}"
            );
            assert!(USER.try_set("bob").is_err(), "{way}");
        }
    });
}

/// R4: a scope that is entered when the task is spawned is seen. A scope around the *handle* is not: the task runs elsewhere.
#[test]
fn scopes_around_a_spawn_and_around_a_handle() {
    on_each_runtime(async |_| {
        assert_eq!(USER.sync_scope("alice", || spawn(user())).await.unwrap(), "alice");
        assert_eq!(
            USER.scope("alice", async { spawn(user()).await }).await.unwrap(),
            "alice"
        );
        assert_eq!(USER.scope("alice", spawn(user())).await.unwrap(), "nobody");
        assert_eq!(spawn(USER.scope("alice", user())).await.unwrap(), "alice");

        let blocking = USER.scope("alice", spawn_blocking(|| USER.get()));
        assert_eq!(blocking.await.unwrap(), "nobody");
    });
}

/// R4: a future that has a context keeps it, so a task that must inherit nothing is given an empty one.
#[test]
fn a_future_with_a_context_of_its_own_keeps_it() {
    #[with_context]
    async fn annotated() -> &'static str {
        user().await
    }

    #[with_context(fresh)]
    async fn detached() -> &'static str {
        user().await
    }

    on_each_runtime(async |_| {
        let bobs = USER.sync_scope("bob", annotated);
        let tasks = USER.sync_scope("alice", || {
            [
                spawn(annotated()),
                spawn(bobs),
                spawn(detached()),
                spawn(user().in_context(Context::new())),
                spawn(USER.scope("carol", user())),
            ]
        });
        let mut seen = vec![];
        for task in tasks {
            seen.push(task.await.unwrap());
        }
        assert_eq!(seen, ["alice", "bob", "nobody", "nobody", "carol"]);
    });
}

/// A task of a `LocalSet` has nothing of the task that drives the set, whose writes it would share as a bare task.
#[tokio::test]
async fn a_local_task_has_nothing_of_its_driver() {
    #[with_context(USER = "driver")]
    async fn drive(set: LocalSet) {
        set.await;
        assert_eq!(USER.get(), "driver");
    }

    let set = LocalSet::new();
    let task = || async {
        let before = USER.get();
        USER.set("task");
        yield_now().await;
        (before, USER.get())
    };
    let empty = Context::new().run(|| spawn_local_on(task(), &set));
    let alices = USER.sync_scope("alice", || spawn_local_on(task(), &set));
    drive(set).await;
    assert_eq!(alices.await.unwrap(), ("alice", "task"));
    assert_eq!(empty.await.unwrap(), ("nobody", "task"));
}

/// A child inherits from the task that spawns it.
#[test]
fn each_generation_inherits_from_the_one_before() {
    on_each_runtime(async |_| {
        let generations = async {
            USER.set("child");
            let grandchild = spawn(async {
                let blocking = spawn_blocking(|| USER.get()).await.unwrap();
                (blocking, user().await)
            });
            USER.set("later");
            grandchild.await.unwrap()
        };
        assert_eq!(spawn(generations).await.unwrap(), ("child", "child"));
        let local = spawn_local(async {
            USER.set("child");
            spawn_local(user()).await.unwrap()
        });
        assert_eq!(local.await.unwrap(), "child");
    });
}

/// Each member of a set inherits what is current where it was added, also by `collect` and `extend`.
#[test]
fn the_members_of_a_set_inherit() {
    #[with_context]
    async fn request(_: &LocalSet) {
        let member = |number: u8| async move { (number, user().await) };
        USER.set("alice");
        let mut tasks: JoinSet<_> = [1, 2].into_iter().map(member).collect();
        USER.set("bob");
        tasks.extend([3, 4].map(member));
        // Where the iterator sets, the tasks after it see what is set.
        tasks.extend([("carol", 5), ("dave", 6)].map(|(user, number)| {
            USER.set(user);
            member(number)
        }));
        assert_eq!(format!("{tasks:?}"), "JoinSet { len: 6 }");
        let mut seen = tasks.join_all().await;
        seen.sort_unstable();
        let users: Vec<_> = seen.into_iter().map(|(_, user)| user).collect();
        assert_eq!(users, ["alice", "alice", "bob", "bob", "dave", "dave"]);
    }

    on_each_runtime(request);
}

/// The tasks that left a set go on in their contexts.
#[test]
fn detached_tasks_keep_their_context() {
    on_each_runtime(async |_| {
        let (sender, seen) = tokio::sync::oneshot::channel();
        let mut tasks = JoinSet::default();
        USER.sync_scope("alice", || {
            tasks.spawn(async { sender.send(user().await).expect("the test waits") })
        });
        tasks.detach_all();
        drop(tasks);
        assert_eq!(seen.await, Ok("alice"));
    });
}

/// R4: what was spawned outside every context takes a scope around its executor for one around itself, as any future does.
#[tokio::test]
async fn a_scope_around_the_executor_of_a_task_from_outside() {
    let set = LocalSet::new();
    let outside = spawn_local_on(user(), &set);
    let alices = USER.sync_scope("alice", || spawn_local_on(user(), &set));
    USER.scope("driver", set).await;
    assert_eq!(outside.await.unwrap(), "driver");
    assert_eq!(alices.await.unwrap(), "alice");
}
