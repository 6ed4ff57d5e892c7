//! Random nestings of futures, scopes, bound calls and drops, against what each must see, reckoned by hand.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, with_context};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::common::{Log, OnDrop, poll_once, yield_now};
use crate::tag::{Here, NAME, here, holders, tagged_with, untagged};

/// What a body does, one after another.
#[derive(Clone, Debug)]
enum Act {
    /// Looks.
    Look,
    /// Sets the variable, if there is a context.
    Set(&'static str),
    /// Waits for the next poll.
    Yield,
    /// Makes a child under this tag, or under the one there is, and ends it in this way.
    Child(Make, Option<&'static str>, End, Vec<Act>),
}

#[derive(Clone, Copy, Debug)]
enum Make {
    Annotated,
    Returned,
    InCurrent,
    Scope(&'static str),
    Bind,
    InContext(&'static str),
    Call,
    Calls,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Await,
    /// On a thread of its own, or as a new task, where there is nothing.
    Elsewhere,
    /// On a thread of its own that has this tag.
    ElsewhereUnder(&'static str),
    DropUnpolled,
    DropAfterOnePoll,
}

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

/// For real.
fn play(world: World, acts: Vec<Act>) -> Boxed {
    let last = world.probe();
    Box::pin(async move {
        let _last = last;
        for act in acts {
            match act {
                Act::Look => world.seen.push(here()),
                Act::Set(name) => drop(NAME.try_set(name)),
                Act::Yield => yield_now().await,
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
}

fn start(make: Make, world: World, acts: Vec<Act>) -> Child {
    match make {
        Make::Annotated => Child::Future(Box::pin(annotated(world, acts))),
        Make::Returned => Child::Future(returned(world, acts)),
        Make::InCurrent => Child::Future(Box::pin(play(world, acts).in_current_context())),
        Make::Scope(name) => Child::Future(Box::pin(NAME.scope(name, play(world, acts)))),
        Make::Bind => Child::Future(Box::pin(bind!(async move { play(world, acts).await }))),
        Make::InContext(name) => {
            let context = Context::new().with(&NAME, name);
            Child::Future(Box::pin(play(world, acts).in_context(context)))
        }
        Make::Call => Child::Call(Box::new(bind(move || drive(play(world, acts))))),
        Make::Calls => {
            let call = bind_fn(move || drive(play(world.clone(), acts.clone())));
            Child::Call(Box::new(move || {
                call();
                call();
            }))
        }
    }
}

fn drive(mut future: Boxed) {
    while poll_once(future.as_mut()).is_pending() {}
}

async fn finish(world: &World, child: Child, end: End) {
    let run: Box<dyn FnOnce() + Send> = match (child, end) {
        (Child::Future(future), End::Await) => return future.await,
        (Child::Call(call), End::Await) => return call(),
        (Child::Call(call), End::DropUnpolled | End::DropAfterOnePoll) => return drop(call),
        (Child::Future(future), End::DropUnpolled) => Box::new(|| drop(future)),
        (Child::Future(mut future), End::DropAfterOnePoll) => Box::new(move || {
            let _done = poll_once(future.as_mut());
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
        world.under(tag, run);
        assert_eq!(here(), (None, "nobody"), "a thread has what it had");
    };
    thread::spawn(elsewhere).join().expect("no panic");
}

/// By hand: what is seen.
struct Hand {
    seen: Vec<Here>,
}

/// What a body is in the middle of.
#[derive(Clone, Copy)]
struct Place {
    tag: Option<&'static str>,
    name: &'static str,
}

impl Hand {
    /// Plays a body to its end, or up to its first wait. Says whether it has ended.
    fn play(&mut self, mut at: Place, acts: &[Act], stops: bool) -> bool {
        let mut ended = true;
        for act in acts {
            match act {
                Act::Look => self.seen.push((at.tag, at.name)),
                Act::Set(name) => at.name = name,
                Act::Yield if stops => {
                    ended = false;
                    break;
                }
                Act::Yield => {}
                Act::Child(make, tag, end, acts) => {
                    if !self.child(at, *make, tag.or(at.tag), *end, acts, stops) {
                        ended = false;
                        break;
                    }
                }
            }
        }
        self.seen.push((at.tag, at.name));
        ended
    }

    /// Says whether the body around it goes on.
    fn child(
        &mut self,
        at: Place,
        make: Make,
        captured: Option<&'static str>,
        end: End,
        acts: &[Act],
        stops: bool,
    ) -> bool {
        let carried = match make {
            Make::InContext(_) => None,
            _ => captured,
        };
        let name = match make {
            Make::Scope(name) | Make::InContext(name) => name,
            _ => at.name,
        };
        let thread = match end {
            End::Await => at.tag,
            End::ElsewhereUnder(tag) => Some(tag),
            _ => None,
        };
        let inside = Place {
            tag: thread.or(carried),
            name,
        };
        match (make, end) {
            // Nobody has made the future of the body.
            (Make::Call | Make::Calls, End::DropUnpolled | End::DropAfterOnePoll)
            | (Make::Annotated | Make::Bind, End::DropUnpolled) => true,
            (Make::Calls, _) => {
                self.play(inside, acts, false);
                self.play(inside, acts, false);
                true
            }
            (Make::Call, _) | (_, End::Elsewhere | End::ElsewhereUnder(_)) => {
                self.play(inside, acts, false);
                true
            }
            (_, End::Await) => self.play(inside, acts, stops),
            (_, End::DropUnpolled) => {
                self.seen.push((inside.tag, inside.name));
                true
            }
            (_, End::DropAfterOnePoll) => {
                self.play(inside, acts, true);
                true
            }
        }
    }
}

const TAGS: [&str; 3] = ["red", "green", "blue"];
const NAMES: [&str; 3] = ["alice", "bob", "carol"];

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let tag = || prop::sample::select(&TAGS[..]);
    let name = || prop::sample::select(&NAMES[..]);
    let leaf = prop_oneof![Just(Act::Look), name().prop_map(Act::Set), Just(Act::Yield)];
    let act = leaf.prop_recursive(4, 24, 5, move |act| {
        let make = prop_oneof![
            2 => Just(Make::Annotated),
            1 => Just(Make::Returned),
            1 => Just(Make::InCurrent),
            1 => name().prop_map(Make::Scope),
            1 => Just(Make::Bind),
            1 => name().prop_map(Make::InContext),
            1 => Just(Make::Call),
            1 => Just(Make::Calls),
        ];
        let end = prop_oneof![
            2 => Just(End::Await),
            2 => Just(End::Elsewhere),
            1 => tag().prop_map(End::ElsewhereUnder),
            1 => Just(End::DropUnpolled),
            1 => Just(End::DropAfterOnePoll),
        ];
        let acts = prop::collection::vec(act, 0..5);
        (make, prop::option::of(tag()), end, acts).prop_map(|(make, tag, end, acts)| Act::Child(make, tag, end, acts))
    });
    prop::collection::vec(act, 0..6)
}

/// R2, R7, R12, R13
#[test]
fn everyone_sees_what_is_reckoned_by_hand() {
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
        untagged(|| drive(Box::pin(future)));
        let mut hand = Hand { seen: Vec::new() };
        hand.play(Place { tag, name: "nobody" }, &acts, false);
        prop_assert_eq!(world.seen.take(), hand.seen);
        prop_assert_eq!(holders(&world.held), 0, "all are let go");
        prop_assert_eq!(here(), (None, "nobody"));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
