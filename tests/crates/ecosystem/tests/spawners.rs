//! `Inherit` around the executors of the `futures` crate.

mod common;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, mpsc};

use contextvars::{Context, ContextExt, Inherit, context_var, with_context};
use futures::executor::{LocalPool, ThreadPool, block_on};
use futures::future::pending;
use futures::task::{LocalSpawn, LocalSpawnExt, Spawn, SpawnExt};
use tokio::task::yield_now;

use common::{OnDrop, Watched};

#[context_var]
static USER: &'static str = "nobody";
#[context_var]
static HELD: Arc<()>;

fn alice() -> Context {
    Context::new().with(&USER, "alice")
}

async fn user() -> &'static str {
    yield_now().await;
    USER.get()
}

/// R1: a task inherits what is current when it is spawned, and keeps what it sets to itself.
#[test]
fn tasks_of_a_thread_pool_inherit() {
    let pool = ThreadPool::builder().pool_size(2).create().expect("a pool");
    let inherit = Inherit(pool.clone());
    alice().run(|| {
        let writes = inherit.spawn_with_handle(async {
            let before = USER.get();
            USER.set("carol");
            before
        });
        let bare = pool.spawn_with_handle(user()).expect("spawned");
        USER.set("bob");
        let later = inherit.spawn_with_handle(user()).expect("spawned");
        assert_eq!(block_on(writes.expect("spawned")), "alice", "captured at the spawn");
        assert_eq!(block_on(later), "bob");
        assert_eq!(block_on(bare), "nobody");
        assert_eq!(USER.get(), "bob");
    });
    let outside = inherit.spawn_with_handle(user()).expect("spawned");
    assert_eq!(block_on(outside), "nobody");
}

/// R1: the same for tasks that are not `Send`.
#[test]
fn tasks_of_a_local_pool_inherit() {
    let mut pool = LocalPool::new();
    let bare = pool.spawner();
    let inherit = Inherit(pool.spawner());
    let seen = Rc::new(Cell::new(["", "", ""]));
    let task = |place: usize| {
        let seen = Rc::clone(&seen);
        async move {
            let mut all = seen.get();
            all[place] = USER.get();
            seen.set(all);
        }
    };
    alice().run(|| {
        inherit.spawn_local(task(0)).expect("spawned");
        bare.spawn_local(task(1)).expect("spawned");
    });
    Context::new()
        .with(&USER, "bob")
        .run(|| inherit.spawn_local(task(2)).expect("spawned"));
    pool.run();
    assert_eq!(seen.get(), ["alice", "nobody", "bob"]);

    let sent = alice().run(|| inherit.spawn_with_handle(user())).expect("spawned");
    assert_eq!(pool.run_until(sent), "alice");
}

/// R4, Case 223: what a future has captured or was given it keeps, so that detaching works here too.
#[test]
fn a_future_with_a_context_of_its_own_keeps_it() {
    #[with_context]
    async fn annotated() -> &'static str {
        USER.get()
    }

    #[with_context(fresh)]
    async fn detached() -> &'static str {
        USER.get()
    }

    let mut pool = LocalPool::new();
    let inherit = Inherit(pool.spawner());
    let bobs = Context::new().with(&USER, "bob").run(annotated);
    let outside = annotated();
    let mut seen = |future| {
        let task = alice().run(|| inherit.spawn_local_with_handle(future));
        pool.run_until(task.expect("spawned"))
    };
    assert_eq!(seen(futures::FutureExt::boxed_local(bobs)), "bob");
    assert_eq!(seen(Box::pin(outside)), "nobody");
    let tasks = alice().run(|| {
        [
            inherit.spawn_local_with_handle(detached()),
            inherit.spawn_local_with_handle(user().in_context(Context::new())),
            inherit.spawn_local_with_handle(USER.scope("carol", user())),
            inherit.spawn_local_with_handle(annotated()),
        ]
        .map(|task| task.expect("spawned"))
    });
    let seen = tasks.map(|task| pool.run_until(task));
    assert_eq!(seen, ["nobody", "nobody", "carol", "alice"]);
}

/// R7, R12: a task that is done or dropped has freed what it inherited, and ends in its context.
#[test]
fn tasks_keep_nothing_when_they_are_done() {
    let (sender, seen) = mpsc::channel();
    let mut pool = LocalPool::new();
    let inherit = Inherit(pool.spawner());
    let value = Watched::new();
    let context = || alice().with(&HELD, value.value());
    let task = |wait: bool| {
        let sender = sender.clone();
        async move {
            let _guard = OnDrop(|| sender.send(USER.get()).expect("the test waits"));
            if wait {
                pending::<()>().await;
            }
        }
    };
    context().run(|| inherit.spawn_local(task(false))).expect("spawned");
    assert!(value.alive());
    pool.run();
    assert!(!value.alive());
    assert_eq!(seen.recv(), Ok("alice"));

    context().run(|| inherit.spawn_local(task(true))).expect("spawned");
    pool.run_until_stalled();
    assert!(value.alive());
    drop(pool);
    assert!(!value.alive());
    assert_eq!(seen.recv(), Ok("alice"));
}

/// An executor that is shut down says so, and what it refuses is freed.
#[test]
fn refusals_come_through() {
    let pool = LocalPool::new();
    let inherit = Inherit(pool.spawner());
    assert!(Spawn::status(&inherit).is_ok() && LocalSpawn::status_local(&inherit).is_ok());
    drop(pool);
    assert!(Spawn::status(&inherit).is_err() && LocalSpawn::status_local(&inherit).is_err());
    let value = Watched::new();
    let mut context = Context::new().with(&HELD, value.value());
    let refused = context.run(|| inherit.spawn(async {}));
    assert!(refused.expect_err("the pool is gone").is_shutdown());
    let refused = context.run(|| inherit.spawn_local(async {}));
    assert!(refused.expect_err("the pool is gone").is_shutdown());
    drop(context);
    assert!(!value.alive());
}

/// Any spawner will do: one behind a reference or a pointer, or of a type that nobody knows.
#[test]
fn spawners_may_be_borrowed_shared_and_erased() {
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    let borrowed = Inherit(&spawner);
    let erased: Inherit<Rc<dyn Spawn>> = Inherit(Rc::new(spawner.clone()));
    let copy = borrowed;
    let [one, two, three] = alice().run(|| {
        [
            borrowed.spawn_with_handle(user()),
            copy.spawn_with_handle(user()),
            erased.spawn_with_handle(user()),
        ]
        .map(|task| task.expect("spawned"))
    });
    assert_eq!(pool.run_until(one), "alice");
    assert_eq!(pool.run_until(two), "alice");
    assert_eq!(pool.run_until(three), "alice");
    assert_eq!(format!("{:?}", Inherit(1)), "Inherit(1)");
}
