//! A load function that runs once for the keys of several callers: who it runs as.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use contextvars::{ContextExt, with_context};
use futures::future::{BoxFuture, join};
use tokio::sync::oneshot;
use tokio::task::yield_now;

use crate::USER;

/// Who has asked for whose order, and as whom it was loaded.
type Loaded = String;
type Load = fn(Vec<Key>) -> BoxFuture<'static, Vec<Loaded>>;
type Key = (&'static str, u32);

/// Collects the keys of all who ask within one turn of the executor, and loads them at once.
struct Loader {
    load: Load,
    /// What starts a batch: a spawn, or nothing where whoever comes first is to load inline.
    spawn: Option<fn(BoxFuture<'static, ()>)>,
    waiting: Mutex<Vec<(Key, oneshot::Sender<Loaded>)>>,
}

impl Loader {
    fn new(load: Load, spawn: Option<fn(BoxFuture<'static, ()>)>) -> Arc<Self> {
        Arc::new(Self {
            load,
            spawn,
            waiting: Mutex::default(),
        })
    }

    async fn get(self: &Arc<Self>, key: Key) -> Loaded {
        let (sender, answer) = oneshot::channel();
        let first = {
            let mut waiting = self.waiting.lock().expect("no panic");
            waiting.push((key, sender));
            waiting.len() == 1
        };
        if first {
            let batch = Box::pin(Arc::clone(self).batch());
            match self.spawn {
                Some(spawn) => spawn(batch),
                None => batch.await,
            }
        }
        answer.await.expect("a batch")
    }

    async fn batch(self: Arc<Self>) {
        yield_now().await;
        let (keys, answers): (_, Vec<_>) = std::mem::take(&mut *self.waiting.lock().expect("no panic"))
            .into_iter()
            .unzip();
        for (answer, loaded) in answers.into_iter().zip((self.load)(keys).await) {
            answer.send(loaded).expect("the asker waits");
        }
    }
}

fn load_one((user, id): Key) -> Loaded {
    format!("{user}'s {id} as {}", USER.get())
}

fn plain(keys: Vec<Key>) -> BoxFuture<'static, Vec<Loaded>> {
    Box::pin(async {
        yield_now().await;
        keys.into_iter().map(load_one).collect()
    })
}

#[with_context]
fn annotated(keys: Vec<Key>) -> BoxFuture<'static, Vec<Loaded>> {
    plain(keys)
}

/// Loads as nobody, but for what it takes from the keys.
#[with_context(fresh)]
fn by_key(keys: Vec<Key>) -> BoxFuture<'static, Vec<Loaded>> {
    Box::pin(async move {
        let mut by_user = BTreeMap::<_, Vec<Key>>::new();
        for key in &keys {
            by_user.entry(key.0).or_default().push(*key);
        }
        let mut loaded = BTreeMap::new();
        for (user, keys) in by_user {
            loaded.extend(keys.iter().copied().zip(USER.scope(user, plain(keys.clone())).await));
        }
        keys.iter().map(|key| loaded[key].clone()).collect()
    })
}

fn spawn_bare(batch: BoxFuture<'static, ()>) {
    tokio::spawn(batch);
}

fn spawn_bound(batch: BoxFuture<'static, ()>) {
    tokio::spawn(batch.in_current_context());
}

/// Two requests at once, each with the loader that it is given.
async fn ask(loaders: [Arc<Loader>; 2]) -> (Loaded, Loaded) {
    #[with_context(USER = user)]
    async fn request(user: &'static str, loader: Arc<Loader>) -> Loaded {
        loader.get((user, 1)).await
    }

    let [first, second] = loaders;
    join(request("alice", first), request("bob", second)).await
}

async fn ask_one(loader: Arc<Loader>) -> (Loaded, Loaded) {
    ask([loader.clone(), loader]).await
}

fn loaded(alice: &str, bob: &str) -> (Loaded, Loaded) {
    (format!("alice's 1 as {alice}"), format!("bob's 1 as {bob}"))
}

/// Case P7: its batches run on tasks of their own, so that an annotation finds nothing to capture.
#[tokio::test]
async fn a_shared_loader_that_spawns_loads_as_nobody() {
    for load in [plain, annotated] as [Load; 2] {
        let seen = ask_one(Loader::new(load, Some(spawn_bare))).await;
        assert_eq!(seen, loaded("nobody", "nobody"));
    }
}

/// Case P7: what not to write. The first who asks loads for the others.
#[tokio::test]
async fn a_shared_loader_that_inherits_or_loads_inline_acts_as_the_first_who_asks() {
    for spawn in [Some(spawn_bound as fn(_)), None] {
        for load in [plain, annotated] as [Load; 2] {
            assert_eq!(ask_one(Loader::new(load, spawn)).await, loaded("alice", "alice"));
        }
    }
}

/// Case P7: the recipe where a batch is to know its request.
#[tokio::test]
async fn a_loader_for_each_request_with_a_bound_spawner_loads_as_that() {
    let each = [plain, plain].map(|load| Loader::new(load, Some(spawn_bound)));
    assert_eq!(ask(each).await, loaded("alice", "bob"));
}

/// Case P7: the recipe where a batch is for all.
#[tokio::test]
async fn a_shared_loader_takes_what_it_needs_from_the_keys() {
    for spawn in [Some(spawn_bare as fn(_)), Some(spawn_bound), None] {
        assert_eq!(ask_one(Loader::new(by_key, spawn)).await, loaded("alice", "bob"));
    }
}
