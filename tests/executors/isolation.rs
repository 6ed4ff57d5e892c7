//! What a task sets is its own; what a plain future sets is its owner's.

use std::pin::pin;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use contextvars::{Context, Token, context_var, with_context};
use futures::channel::{mpsc, oneshot};
use futures::future::{self, Either, join_all};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{FutureExt, SinkExt};

use crate::common::{drive_across_threads, poll_once, yield_now};
use crate::executor::Executor;

#[context_var]
static NAME: String = "nobody".to_owned();
#[context_var]
static NUMBER: usize = usize::MAX;

/// Sets, yields and reads `rounds` times; true when it only ever read what it had set.
#[with_context]
async fn keeps_its_own(number: usize, rounds: usize) -> bool {
    let mut kept = true;
    for round in 0..rounds {
        NUMBER.set(number + round);
        yield_now().await;
        kept &= NUMBER.get() == number + round;
    }
    kept
}

#[with_context]
async fn echo(name: &'static str) -> String {
    NAME.set(name.to_owned());
    yield_now().await;
    yield_now().await;
    NAME.get()
}

/// R2, Case 275
#[with_context]
pub(crate) async fn writes_survive_awaits<E: Executor>() {
    #[with_context]
    async fn writer<E: Executor>() -> [String; 3] {
        NAME.set("one".to_owned());
        yield_now().await;
        let one = NAME.get();
        NAME.set("two".to_owned());
        E::sleep(Duration::from_millis(1)).await;
        let two = NAME.get();
        let token = NAME.set("three".to_owned());
        E::spawn(async {}).join().await.expect("no panic");
        let three = NAME.get();
        NAME.reset(token).expect("its own token");
        assert_eq!(NAME.get(), "two");
        [one, two, three]
    }

    NAME.set("caller".to_owned());
    assert_eq!(writer::<E>().await, ["one", "two", "three"]);
    let spawned = E::spawn(writer::<E>()).join().await.expect("no panic");
    assert_eq!(spawned, ["one", "two", "three"]);
    assert_eq!(NAME.get(), "caller");
}

/// R2, Cases 240, 275, T6
#[with_context]
pub(crate) async fn writes_survive_thread_hops<E: Executor>() {
    NUMBER.set(1);
    assert!(
        drive_across_threads(keeps_its_own(10, 5)),
        "every poll on a thread of its own"
    );

    let mut handler = Box::pin(echo("hopper"));
    assert!(
        poll_once(handler.as_mut()).is_pending(),
        "first here, inside the caller's context"
    );
    let handler = thread::spawn(move || {
        assert!(poll_once(handler.as_mut()).is_pending(), "then on a thread");
        handler
    })
    .join()
    .expect("no panic");
    let task = E::spawn(handler.map(|name| name));
    assert_eq!(
        task.join().await.expect("no panic"),
        "hopper",
        "and last in somebody's raw task"
    );
    assert_eq!(NUMBER.get(), 1);
}

/// R2, Cases 95, 109, 136
#[with_context]
pub(crate) async fn a_caller_sees_no_write_of_its_task<E: Executor>() {
    NAME.set("caller".to_owned());
    assert_eq!(E::spawn(echo("spawned")).join().await.expect("no panic"), "spawned");
    assert_eq!(NAME.get(), "caller");
    assert_eq!(echo("awaited").await, "awaited");
    assert_eq!(NAME.get(), "caller");
}

/// R3, Case 109
#[with_context]
pub(crate) async fn a_plain_async_fn_shares<E: Executor>() {
    async fn plain() -> String {
        let before = NAME.get();
        NAME.set("plain 1".to_owned());
        yield_now().await;
        NAME.set(format!("{} and 2", NAME.get()));
        before
    }

    NAME.set("caller".to_owned());
    assert_eq!(plain().await, "caller");
    assert_eq!(NAME.get(), "plain 1 and 2");
    E::sleep(Duration::from_millis(1)).await;
    assert_eq!(NAME.get(), "plain 1 and 2");
}

/// R2, Cases 97, T28
#[with_context]
pub(crate) async fn joined_handlers_are_apart<E: Executor>() {
    NAME.set("caller".to_owned());
    let (a, b, (c, d)) = futures::join!(echo("a"), echo("b"), future::join(echo("c"), echo("d")));
    assert_eq!([a, b, c, d], ["a", "b", "c", "d"]);
    let kept = future::join3(keeps_its_own(0, 9), keeps_its_own(100, 5), keeps_its_own(200, 7)).await;
    assert_eq!(kept, (true, true, true));
    assert_eq!(NAME.get(), "caller");
}

/// R3, Case T12
#[with_context]
pub(crate) async fn plain_futures_in_a_join_share_their_owner<E: Executor>() {
    async fn plain(name: &str) -> String {
        NAME.set(name.to_owned());
        yield_now().await;
        NAME.get()
    }

    assert_eq!(
        future::join(plain("a"), plain("b")).await,
        ("b".to_owned(), "b".to_owned())
    );
    assert_eq!(NAME.get(), "b");
}

/// R3, Case T9: the guard is the owner's, as is what it guards.
#[with_context]
pub(crate) async fn a_plain_guard_across_an_await_is_seen_by_its_siblings<E: Executor>() {
    async fn guards() -> String {
        let _guard = NAME.set("guarded".to_owned()).guard();
        yield_now().await;
        NAME.get()
    }

    async fn reads() -> [String; 2] {
        let during = NAME.get();
        yield_now().await;
        yield_now().await;
        [during, NAME.get()]
    }

    #[with_context]
    async fn owner() -> (String, [String; 2]) {
        NAME.set("owner".to_owned());
        future::join(guards(), reads()).await
    }

    let expected = ("guarded".to_owned(), ["guarded", "owner"].map(str::to_owned));
    assert_eq!(owner().await, expected);
    assert_eq!(E::spawn(owner()).join().await.expect("no panic"), expected);
    assert_eq!(NAME.get(), "nobody");
}

/// R2, Case 281
#[with_context]
pub(crate) async fn selected_handlers_are_apart<E: Executor>() {
    NAME.set("caller".to_owned());
    let mut one = Box::pin(NAME.scope("one".to_owned(), echo_twice()));
    let mut two = Box::pin(NAME.scope("two".to_owned(), echo_twice()));
    let mut finished = Vec::new();
    while finished.len() < 2 {
        let name = match future::select(&mut one, &mut two).await {
            Either::Left((name, _)) => {
                one = Box::pin(NAME.scope("again".to_owned(), echo_twice()));
                name
            }
            Either::Right((name, _)) => {
                two = Box::pin(NAME.scope("again".to_owned(), echo_twice()));
                name
            }
        };
        finished.push(name);
        assert_eq!(NAME.get(), "caller");
    }
    finished.sort();
    assert_eq!(finished, ["one one", "two two"]);
}

#[with_context]
async fn echo_twice() -> String {
    let before = NAME.get();
    yield_now().await;
    NAME.set(format!("{before} {}", NAME.get()));
    yield_now().await;
    NAME.get()
}

/// R2, Case T28
#[with_context]
pub(crate) async fn an_unordered_crowd_is_apart<E: Executor>() {
    NUMBER.set(7);
    let mut crowd: FuturesUnordered<_> = (0..100).map(|i| keeps_its_own(i * 10, 3)).collect();
    while let Some(kept) = crowd.next().await {
        assert!(kept);
        assert_eq!(NUMBER.get(), 7);
    }
    let mut buffered = futures::stream::iter((0..100).map(|i| keeps_its_own(i * 10, 3))).buffer_unordered(8);
    while let Some(kept) = buffered.next().await {
        assert!(kept);
        assert_eq!(NUMBER.get(), 7);
    }
}

/// R2, Cases 281, T28
#[with_context]
pub(crate) async fn a_thousand_joined_handlers_are_apart<E: Executor>() {
    NUMBER.set(7);
    let kept = join_all((0..1000).map(|i| keeps_its_own(i * 10, 3))).await;
    assert!(kept.into_iter().all(|kept| kept));
    assert_eq!(NUMBER.get(), 7);
}

/// R2, Cases 61, 110
#[with_context]
pub(crate) async fn interleaved_tasks_never_cross<E: Executor>() {
    #[with_context]
    async fn first(a: oneshot::Sender<()>, b: oneshot::Receiver<()>) -> [String; 2] {
        NAME.set("A".to_owned());
        a.send(()).expect("the second waits");
        b.await.expect("the second goes on");
        let between = NAME.get();
        NAME.set("C".to_owned());
        yield_now().await;
        [between, NAME.get()]
    }

    #[with_context]
    async fn second(a: oneshot::Receiver<()>, b: oneshot::Sender<()>) -> [String; 2] {
        a.await.expect("the first has set");
        let before = NAME.get();
        NAME.set("B".to_owned());
        b.send(()).expect("the first waits");
        yield_now().await;
        [before, NAME.get()]
    }

    let (a, b) = (oneshot::channel(), oneshot::channel());
    let tasks = [E::spawn(first(a.0, b.1)), E::spawn(second(a.1, b.0))];
    let [first, second] = tasks.map(crate::executor::Task::join);
    assert_eq!(first.await.expect("no panic"), ["A", "C"]);
    assert_eq!(second.await.expect("no panic"), ["nobody", "B"]);
    assert_eq!(NAME.get(), "nobody");
}

/// R2, Case 276
#[with_context]
pub(crate) async fn the_executor_between_two_polls_sees_nothing<E: Executor>() {
    // A raw future around the handler stands where the executor does.
    let task = E::spawn(async {
        let mut handler = pin!(echo("handler"));
        let mut seen = Vec::new();
        let output = future::poll_fn(|waking| {
            let polled = handler.as_mut().poll(waking);
            seen.push((NAME.get(), NAME.is_set()));
            match polled {
                Poll::Ready(name) => Poll::Ready(name),
                Poll::Pending => Poll::Pending,
            }
        })
        .await;
        (output, seen)
    });
    let (output, seen) = task.join().await.expect("no panic");
    assert_eq!(output, "handler");
    assert_eq!(seen, vec![("nobody".to_owned(), false); 3]);
}

/// Cases 282, T9
#[with_context]
pub(crate) async fn a_guard_across_awaits_resets_in_its_own_task<E: Executor>() {
    #[with_context]
    async fn guarded<E: Executor>(name: &'static str) -> [String; 3] {
        NAME.set(format!("{name} before"));
        let during = {
            let _guard = NAME.set(name.to_owned()).guard();
            yield_now().await;
            E::sleep(Duration::from_millis(1)).await;
            NAME.get()
        };
        let after = NAME.get();
        yield_now().await;
        [during, after, NAME.get()]
    }

    let tasks = ["a", "b"].map(|name| E::spawn(guarded::<E>(name)));
    for (task, name) in tasks.into_iter().zip(["a", "b"]) {
        let before = format!("{name} before");
        assert_eq!(task.join().await.expect("no panic"), [name, &*before, &*before]);
    }
    assert_eq!(NAME.get(), "nobody");
}

/// R2, Cases 101, 241
#[with_context]
pub(crate) async fn a_task_polled_before_it_is_spawned_goes_on<E: Executor>() {
    #[with_context]
    async fn child() -> [String; 3] {
        let before = NAME.get();
        NAME.set("2".to_owned());
        yield_now().await;
        let after = NAME.get();
        NAME.set("3".to_owned());
        yield_now().await;
        [before, after, NAME.get()]
    }

    NAME.set("1".to_owned());
    let mut child = Box::pin(child());
    assert!(poll_once(child.as_mut()).is_pending());
    assert_eq!(NAME.get(), "1", "it has set, and the caller sees nothing of it");
    NAME.set("later".to_owned());
    assert_eq!(E::spawn(child).join().await.expect("no panic"), ["1", "2", "3"]);
    assert_eq!(NAME.get(), "later");
}

/// R2, Case 96: whoever wakes a task, and whatever is set there.
#[with_context]
pub(crate) async fn a_task_woken_from_elsewhere_keeps_its_own<E: Executor>() {
    #[with_context]
    async fn sleeper(mut bells: mpsc::Receiver<()>) -> bool {
        NAME.set("sleeper".to_owned());
        let mut kept = true;
        while bells.next().await.is_some() {
            kept &= NAME.get() == "sleeper";
        }
        kept
    }

    #[with_context]
    async fn ringer(mut bell: mpsc::Sender<()>) {
        NAME.set("ringer".to_owned());
        for _ in 0..5 {
            bell.send(()).await.expect("the sleeper listens");
            assert_eq!(NAME.get(), "ringer");
        }
    }

    NAME.set("caller".to_owned());
    let (bell, bells) = mpsc::channel(0);
    let sleeper = E::spawn(sleeper(bells));
    E::spawn(ringer(bell.clone())).join().await.expect("no panic");
    let foreign = bell.clone();
    let thread = thread::spawn(|| {
        Context::new()
            .with(&NAME, "foreign".to_owned())
            .run(|| futures::executor::block_on(ringer(foreign)));
    });
    ringer(bell).await;
    assert!(sleeper.join().await.expect("no panic"));
    thread.join().expect("no panic");
    assert_eq!(NAME.get(), "caller");
}

/// R2, Case T11: in another task a token is refused; back in its own it is good.
#[with_context]
pub(crate) async fn a_token_in_another_task_is_refused_there<E: Executor>() {
    #[with_context]
    async fn resets(token: Token<String>) -> Token<String> {
        yield_now().await;
        NAME.reset(token).expect_err("the caller's").into_token()
    }

    let token = NAME.set("caller".to_owned());
    let token = E::spawn(resets(token)).join().await.expect("no panic");
    assert_eq!(NAME.get(), "caller");
    NAME.reset(token).expect("its own token");
    assert_eq!(NAME.get(), "nobody");
}
