//! Random programs, against what each body must see, reckoned by hand.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, with_context};
use futures::stream::{self, StreamExt};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::common::{Log, OnDrop, poll_once, quiet_expected_panics, yield_now};
use crate::program::{Act, End, Make, TAGS, acts};
use crate::reckoned::{Hand, Here, Place};
use crate::script::LOCAL;
use crate::tag::{NAME, holders, tag, tagged_with, untagged};

fn here() -> Here {
    (tag(), NAME.get(), LOCAL.get())
}

const NOTHING: Here = (None, "nobody", "none");

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Clone)]
struct World {
    seen: Log<Here>,
    held: Arc<()>,
}

impl World {
    fn probe(&self) -> OnDrop<impl FnMut() + Send + use<>> {
        let seen = self.seen.clone();
        OnDrop(move || seen.push(here()))
    }

    fn under<R>(&self, tag: Option<&'static str>, f: impl FnOnce() -> R) -> R {
        match tag {
            Some(tag) => tagged_with(&self.held, tag, f),
            None => f(),
        }
    }
}

#[with_context]
async fn annotated(world: World, acts: Vec<Act>) {
    play(world, acts).await;
}

#[with_context]
fn returned(world: World, acts: Vec<Act>) -> Boxed {
    play(world, acts)
}

#[with_context]
fn returned_after(name: &'static str, world: World, acts: Vec<Act>) -> Boxed {
    NAME.set(name);
    LOCAL.set(name);
    play(world, acts)
}

#[with_context]
fn at_once(world: World, acts: Vec<Act>) {
    drive(play(world, acts));
}

/// For real.
fn play(world: World, acts: Vec<Act>) -> Boxed {
    let last = world.probe();
    Box::pin(async move {
        let _last = last;
        for act in acts {
            match act {
                Act::Look => world.seen.push(here()),
                Act::Set(name) => drop(NAME.try_set(name)),
                Act::SetLocal(name) => drop(LOCAL.try_set(name)),
                Act::Yield => yield_now().await,
                Act::Panic => panic!("expected"),
                Act::Child(make, tag, end, acts) => {
                    let child = world.under(tag, || start(make, world.clone(), acts));
                    finish(&world, child, end).await;
                }
            }
        }
    })
}

/// A future, or a call that plays all at once.
enum Child {
    Future(Boxed),
    Call(Box<dyn FnOnce() + Send>),
    Done,
}

/// Panics of a child end nobody else.
fn caught(f: impl FnOnce()) {
    let _panicked = catch_unwind(AssertUnwindSafe(f));
}

fn start(make: Make, world: World, acts: Vec<Act>) -> Child {
    match make {
        Make::Annotated => Child::Future(Box::pin(annotated(world, acts))),
        Make::Returned => Child::Future(returned(world, acts)),
        Make::ReturnedAfter(name) => Child::Future(returned_after(name, world, acts)),
        Make::InCurrent => Child::Future(Box::pin(play(world, acts).in_current_context())),
        Make::Stream => {
            let stream = stream::once(play(world, acts)).in_current_context();
            Child::Future(Box::pin(async move {
                let mut stream = pin!(stream);
                while stream.next().await.is_some() {}
            }))
        }
        Make::Scope(name) => Child::Future(Box::pin(NAME.scope(name, play(world, acts)))),
        Make::ScopeOfLocal(name) => Child::Future(Box::pin(LOCAL.scope(name, play(world, acts)))),
        Make::Bind => Child::Future(Box::pin(bind!(async move { play(world, acts).await }))),
        Make::InContext(name) => {
            let context = Context::new().with(&NAME, name);
            Child::Future(Box::pin(play(world, acts).in_context(context)))
        }
        Make::Call => Child::Call(Box::new(bind(move || drive(play(world, acts))))),
        Make::Calls => {
            let call = bind_fn(move || drive(play(world.clone(), acts.clone())));
            Child::Call(Box::new(move || {
                caught(&call);
                caught(&call);
            }))
        }
        Make::CallForFuture => {
            let call = bind!(move || play(world, acts));
            Child::Call(Box::new(move || drive(Box::pin(call()))))
        }
        Make::Sync => {
            caught(|| at_once(world, acts));
            Child::Done
        }
    }
}

fn drive(mut future: Boxed) {
    while poll_once(future.as_mut()).is_pending() {}
}

async fn finish(world: &World, child: Child, end: End) {
    let run: Box<dyn FnOnce() + Send> = match (child, end) {
        (Child::Done, _) => return,
        (Child::Future(future), End::Await) => {
            let _panicked = futures::FutureExt::catch_unwind(AssertUnwindSafe(future)).await;
            return;
        }
        (Child::Call(call), End::Await) => return caught(call),
        (Child::Call(call), End::DropUnpolled | End::DropAfterOnePoll) => return drop(call),
        (Child::Future(future), End::DropUnpolled) => Box::new(|| drop(future)),
        (Child::Future(mut future), End::DropAfterOnePoll) => Box::new(move || {
            caught(|| {
                let _polled = poll_once(future.as_mut());
            });
            drop(future);
        }),
        (Child::Future(future), _) => Box::new(|| drive(future)),
        (Child::Call(call), _) => call,
    };
    let tag = match end {
        End::ElsewhereUnder(tag) => Some(tag),
        _ => None,
    };
    let world = world.clone();
    let elsewhere = move || {
        world.under(tag, || caught(run));
        assert_eq!(here(), NOTHING, "a thread has what it had");
        assert!(NAME.try_set("outside").is_err(), "no context is left behind");
    };
    thread::spawn(elsewhere).join().expect("no panic");
}

/// R2, R7, R12, R13
#[test]
fn everyone_sees_what_is_reckoned_by_hand() {
    quiet_expected_panics();
    let mut runner = TestRunner::new(Config {
        source_file: Some(file!()),
        ..Config::default()
    });
    let program = (prop::option::of(prop::sample::select(&TAGS[..])), acts());
    let outcome = runner.run(&program, |(tag, acts)| {
        let world = World {
            seen: Log::new(),
            held: Arc::new(()),
        };
        let future = world.under(tag, || annotated(world.clone(), acts.clone()));
        untagged(|| caught(|| drive(Box::pin(future))));
        let mut hand = Hand { seen: Vec::new() };
        let (name, local) = ("nobody", "none");
        hand.play(Place { tag, name, local }, &acts, false);
        prop_assert_eq!(world.seen.take(), hand.seen);
        prop_assert_eq!(holders(&world.held), 0, "all are let go");
        prop_assert_eq!(here(), NOTHING);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
