//! Plays a program, for real and by hand.

use std::any::TypeId;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as Waking, Poll, Waker};
use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, outside};
use futures::future::{self, BoxFuture, FutureExt};
use futures::stream::{FuturesUnordered, StreamExt};

use crate::body::{Call, Closure, Expected, Me, Payload, lock, nth};
use crate::by_hand::{InOrder, Owner, Place, Plan, inherited, next};
use crate::common::yield_now;
use crate::executor::{Executor, TokioLocalSet};
use crate::future::{AsTask, Driven, Made, SPAWNING, Slot, Wrapped};
use crate::kinds::{called, make};
use crate::program::{Body, Driver, Nth, Op, Var, Where};

thread_local! {
    /// Whether this is a thread of a bound closure, which knows of no executor.
    static FOREIGN: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn caught<F: Future>(future: F) -> impl Future<Output = Result<F::Output, Payload>> {
    AssertUnwindSafe(future).catch_unwind()
}

pub(crate) fn play_all<'a, E: Executor>(me: &'a mut Me, body: &'a [Op]) -> BoxFuture<'a, ()> {
    async move {
        me.check(&"at the start");
        for op in body {
            play_one::<E>(me, op).await;
            me.check(op);
        }
    }
    .boxed()
}

async fn play_one<E: Executor>(me: &mut Me, op: &Op) {
    match op {
        Op::Guarded(var, body) => {
            let _guard = me.guard(*var);
            play_all::<E>(me, body).await;
        }
        Op::Yield => yield_now().await,
        Op::Await(n) => {
            let one = nth(&mut me.futures, *n).into_iter().collect();
            join(me, one).await;
        }
        Op::JoinAll(n) => {
            let some = me.some(*n);
            join(me, some).await;
        }
        Op::Unordered(n) => unordered(me, *n).await,
        Op::Select(n, keep) => select(me, *n, *keep).await,
        Op::JoinTask(n) => join_task(me, *n).await,
        Op::Cancel(n) => {
            if let Some(task) = nth(&mut me.tasks, *n) {
                let outcome = caught(task.cancel()).await;
                drop(outcome.map_err(|payload| me.board.caught(payload)));
            }
        }
        op => play_one_now::<E>(me, op),
    }
}

fn slots(made: &[Made]) -> Vec<Slot> {
    made.iter().map(|made| made.slot.clone()).collect()
}

async fn join(me: &mut Me, mut made: Vec<Made>) {
    let slots = slots(&made);
    let real = future::join_all(made.iter_mut().map(|made| caught(made.future.as_mut())));
    let outcomes = Driven::new(&me.slot, slots, real).await;
    finish(me, made, outcomes);
}

async fn unordered(me: &mut Me, n: Nth) {
    let mut made = me.some(n);
    let slots = slots(&made);
    let crowd: FuturesUnordered<_> = made.iter_mut().map(|made| caught(made.future.as_mut())).collect();
    let outcomes = Driven::new(&me.slot, slots, crowd.collect::<Vec<_>>()).await;
    finish(me, made, outcomes);
}

async fn select(me: &mut Me, n: Nth, keep: bool) {
    let mut made = me.some(n);
    if made.is_empty() {
        return;
    }
    let slots = slots(&made);
    let real = future::select_all(made.iter_mut().map(|made| caught(made.future.as_mut())));
    let (outcome, first, _) = Driven::new(&me.slot, slots, real).await;
    let first = made.remove(first);
    if keep {
        me.futures.extend(made.drain(..).inspect(|made| made.slot.set(None)));
    }
    made.push(first);
    finish(me, made, vec![outcome]);
}

/// Drops what has been awaited, and goes on unwinding if one of them says so.
fn finish(me: &Me, made: Vec<Made>, outcomes: Vec<Result<(), Payload>>) {
    for made in made {
        made.drop_at(me.slot.get());
    }
    let further = outcomes
        .into_iter()
        .filter_map(|outcome| me.board.caught(outcome.err()?));
    if let Some(payload) = further.collect::<Vec<_>>().pop() {
        panic::resume_unwind(payload);
    }
}

/// Waits for a task, but not for ever: it may be waiting for this one.
async fn join_task(me: &mut Me, n: Nth) {
    let Some(task) = nth(&mut me.tasks, n) else { return };
    let mut joining = task.join().map(drop).boxed();
    for _ in 0..20 {
        if future::poll_immediate(&mut joining).await.is_some() {
            return;
        }
        yield_now().await;
    }
    lock(&me.board.joining).push(joining);
}

pub(crate) fn play_now<E: Executor>(me: &mut Me, body: &[Op]) {
    InOrder::ends();
    me.check(&"at the start");
    for op in body {
        play_one_now::<E>(me, op);
        me.check(op);
    }
}

fn play_one_now<E: Executor>(me: &mut Me, op: &Op) {
    match op {
        Op::Set(var) => me.keep(*var, Some(next())),
        Op::Unset(var) => me.keep(*var, None),
        Op::Reset(n, var) => me.reset(*n, *var),
        Op::DropToken(n) => me.drop_token(*n),
        Op::Guarded(var, body) => {
            let _guard = me.guard(*var);
            play_now::<E>(me, body);
        }

        Op::Snapshot => me.contexts.push((Context::current(), inherited(me.place().env()))),
        // A context that could be handed on has no local variable.
        Op::With(_, var) if var.is_local() => {}
        Op::With(n, var) => {
            let (context, mut env) = nth(&mut me.contexts, *n).unwrap_or_default();
            let number = next();
            env.insert(*var, number);
            me.contexts.push((context.with(var.real(), me.value(number)), env));
        }
        Op::Without(n, var) => {
            let (context, mut env) = nth(&mut me.contexts, *n).unwrap_or_default();
            env.remove(var);
            me.contexts.push((context.without(var.real()), env));
        }
        Op::Run(n, body) => {
            let (mut context, mut env) = nth(&mut me.contexts, *n).unwrap_or_default();
            env.extend(me.place().locals());
            let owner = Owner::new(env);
            me.call_at(Place::explicitly(Arc::clone(&owner)), |me| {
                context.run(|| play_now::<E>(me, body));
            });
            me.contexts.push((context, inherited(owner.env())));
        }
        Op::SyncScope(var, body) => {
            let number = next();
            let value = me.value(number);
            let mut env = me.place().env();
            env.insert(*var, number);
            me.call(Owner::new(env), |me| {
                var.real().sync_scope(value, || play_now::<E>(me, body));
            });
        }
        Op::Call(body) => me.call(Owner::new(me.place().env()), |me| called::<E>(me, body)),
        Op::Outside(body) => me.call_at(Place::outside(), |me| outside(|| play_now::<E>(me, body))),
        Op::Bind(body) => bind_once::<E>(me, body.clone()),
        Op::BindFn(body) => bind_for_many::<E>(me, body.clone()),
        Op::CallBound(n, from) => call_bound(me, *n, *from),

        Op::Make(kind, body) => {
            let made = make::<E>(me, kind, body.clone());
            me.futures.extend(made);
        }
        Op::Scope(n, var, from) => {
            if let Some(made) = nth(&mut me.futures, *n) {
                me.futures.push(scope(me, made, *var, *from));
            }
        }
        Op::InContext(n, context) => {
            if let Some(made) = nth(&mut me.futures, *n) {
                let (context, env) = nth(&mut me.contexts, *context).unwrap_or_default();
                let place = me.place();
                let _in_order = place.in_order();
                let plan = Plan::in_context(&place, env.clone());
                let real = made.future.in_context(context.clone()).boxed();
                me.contexts.push((context, env));
                me.futures.push(Wrapped::around(made.slot, plan, real));
            }
        }
        Op::InCurrentContext(n) => {
            if let Some(made) = nth(&mut me.futures, *n) {
                let place = me.place();
                let _in_order = place.in_order();
                let plan = Plan::annotated(&place);
                let real = made.future.in_current_context().boxed();
                me.futures.push(Wrapped::around(made.slot, plan, real));
            }
        }
        Op::Queue(n) => lock(&me.board.queue).extend(nth(&mut me.futures, *n)),
        Op::Drop(n) => {
            if let Some(made) = nth(&mut me.futures, *n) {
                made.drop_at(me.slot.get());
            }
        }
        Op::Poll(n) | Op::Await(n) | Op::JoinAll(n) | Op::Unordered(n) | Op::Select(n, _) => {
            let made = nth(&mut me.futures, *n);
            poll_once(me, made);
        }
        Op::Take => me.futures.extend(lock(&me.board.queue).pop_front()),
        Op::Drive(n, driver) => drive::<E>(me, *n, *driver),
        Op::Spawn(n) => spawn::<E>(me, *n),
        Op::Yield | Op::JoinTask(_) | Op::Cancel(_) => {}

        Op::Panic(catches) => panic::resume_unwind(Box::new(Expected(catches % 4))),
    }
}

fn poll_here(future: Pin<&mut (impl Future<Output = ()> + ?Sized)>) -> Poll<Result<(), Payload>> {
    let waking = &mut Waking::from_waker(Waker::noop());
    match panic::catch_unwind(AssertUnwindSafe(|| future.poll(waking))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(payload)),
    }
}

fn poll_once(me: &mut Me, made: Option<Made>) {
    let Some(mut made) = made else { return };
    made.slot.set(me.slot.get());
    match poll_here(made.future.as_mut()) {
        Poll::Pending => {
            made.slot.set(None);
            me.futures.push(made);
        }
        Poll::Ready(outcome) => finish(me, vec![made], vec![outcome]),
    }
}

fn drive<E: Executor>(me: &mut Me, n: Nth, driver: Driver) {
    let made = me.some(n);
    let slots = slots(&made);
    let tasks = made.into_iter().map(|made| {
        let board = Arc::clone(&me.board);
        caught(made.future).map(move |outcome| drop(outcome.map_err(|payload| board.caught(payload))))
    });
    for slot in &slots {
        slot.set(me.slot.get());
    }
    // Inside of one set, the executor that is itself a set would spawn into this one.
    if matches!(driver, Driver::LocalSet) && TypeId::of::<E>() != TypeId::of::<TokioLocalSet>() {
        let set = tokio::task::LocalSet::new();
        for task in tasks {
            drop(set.spawn_local(task));
        }
        let mut set = pin!(set);
        for _ in 0..4 {
            let _ = poll_here(set.as_mut());
        }
    } else {
        let executor = smol::LocalExecutor::new();
        let tasks: Vec<_> = tasks.map(|task| executor.spawn(task)).collect();
        for _ in 0..8 {
            executor.try_tick();
        }
        // An executor that is dropped may miss a task that another thread is just waking.
        let mut cancelled = pin!(future::join_all(tasks.into_iter().map(smol::Task::cancel)).map(drop));
        while poll_here(cancelled.as_mut()).is_pending() {
            executor.try_tick();
            thread::yield_now();
        }
    }
    for slot in &slots {
        slot.set(None);
    }
}

fn scope(me: &Me, made: Made, var: Var, from: Where) -> Made {
    let number = next();
    let value = me.value(number);
    let wrap = || var.real().scope(value, made.future).boxed();
    let place = match from {
        Where::Here => me.place(),
        Where::OnAThread => Place::outside(),
    };
    let _in_order = place.in_order();
    let real = match from {
        Where::Here => wrap(),
        Where::OnAThread => thread::scope(|scope| scope.spawn(wrap).join()).expect("no panic"),
    };
    Wrapped::around(made.slot, Plan::scope(&place, var, number), real)
}

fn spawn<E: Executor>(me: &mut Me, n: Nth) {
    if FOREIGN.get() {
        return;
    }
    let Some(made) = nth(&mut me.futures, n) else { return };
    let board = Arc::clone(&me.board);
    let task = caught(AsTask(made));
    SPAWNING.set(me.slot.get());
    let task = E::spawn(async move {
        let outcome = task.await;
        if let Some(payload) = outcome.err().and_then(|payload| board.caught(payload)) {
            panic::resume_unwind(payload);
        }
    });
    SPAWNING.set(None);
    me.tasks.push(task);
}

fn bind_once<E: Executor>(me: &mut Me, body: Body) {
    let slot = Slot::default();
    let new = me.child(&slot);
    let env = inherited(me.place().env());
    let call = Call::Once(Box::new(bind(move || {
        // Moved in, to be dropped inside.
        let mut me = new;
        play_now::<E>(&mut me, &body);
    })));
    me.closures.push(Closure { slot, env, call });
}

fn bind_for_many<E: Executor>(me: &mut Me, body: Body) {
    let slot = Slot::default();
    let (board, inner) = (Arc::clone(&me.board), slot.clone());
    let env = inherited(me.place().env());
    let call = Call::Many(Box::new(bind_fn(move || {
        play_now::<E>(&mut Me::new(&board, &inner), &body);
    })));
    me.closures.push(Closure { slot, env, call });
}

fn call_bound(me: &mut Me, n: Nth, from: Where) {
    let Some(Closure { slot, env, call }) = nth(&mut me.closures, n) else {
        return;
    };
    match call {
        Call::Once(f) => call_from(me, &slot, Owner::new(env), from, f),
        Call::Many(f) => {
            call_from(me, &slot, Owner::new(env.clone()), from, &f);
            call_from(me, &slot, Owner::new(env), from, &f);
        }
    }
}

fn call_from(me: &mut Me, slot: &Slot, owner: Arc<Owner>, from: Where, f: impl FnOnce() + Send) {
    slot.set(Some(Place::explicitly(owner)));
    let outcome = match from {
        Where::Here => panic::catch_unwind(AssertUnwindSafe(f)),
        Where::OnAThread => thread::scope(|scope| {
            let thread = scope.spawn(|| {
                FOREIGN.set(true);
                f();
            });
            thread.join()
        }),
    };
    slot.set(None);
    me.go_on(outcome);
}
