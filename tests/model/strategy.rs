//! Programs at random, which shrink to the smallest that still fails.
//!
//! Ops that only together do anything, such as a spawn and a join, come in groups.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::program::{Body, Driver, Kind, Nth, Op, Var, Where};

const LAST: Nth = Nth::MAX;

pub(crate) fn program() -> impl Strategy<Value = (Kind, Body)> {
    let start = prop_oneof![Just(Kind::Plain), Just(Kind::Annotated)];
    (start, body())
}

fn body() -> impl Strategy<Value = Body> {
    several(simple(), 0..6).prop_recursive(6, 256, 6, |body| several(group(body), 0..10))
}

fn several(ops: BoxedStrategy<Body>, count: std::ops::Range<usize>) -> BoxedStrategy<Body> {
    vec(ops, count).prop_map(|ops| ops.concat()).boxed()
}

fn var() -> impl Strategy<Value = Var> {
    prop::sample::select(&Var::ALL[..])
}

fn nth() -> impl Strategy<Value = Nth> {
    prop_oneof![2 => Just(LAST), 3 => 0..4_u8]
}

fn place() -> impl Strategy<Value = Where> {
    prop_oneof![3 => Just(Where::Here), 1 => Just(Where::OnAThread)]
}

fn driver() -> impl Strategy<Value = Driver> {
    prop_oneof![Just(Driver::LocalExecutor), Just(Driver::LocalSet)]
}

/// One of these ops.
fn any_of<const N: usize>(ops: [Op; N]) -> impl Strategy<Value = Op> {
    prop::sample::select(Vec::from(ops))
}

fn write() -> BoxedStrategy<Op> {
    prop_oneof![2 => var().prop_map(Op::Set), 1 => var().prop_map(Op::Unset)].boxed()
}

fn wrapper() -> BoxedStrategy<Op> {
    prop_oneof![
        4 => (nth(), var(), place()).prop_map(|(n, var, from)| Op::Scope(n, var, from)),
        2 => (nth(), nth()).prop_map(|(n, context)| Op::InContext(n, context)),
        1 => nth().prop_map(Op::InCurrentContext),
    ]
    .boxed()
}

/// An op by itself, without a body.
fn simple() -> BoxedStrategy<Body> {
    let token = prop_oneof![
        2 => (nth(), var()).prop_map(|(n, var)| Op::Reset(n, var)),
        1 => nth().prop_map(Op::DropToken),
    ];
    let context = prop_oneof![
        3 => Just(Op::Snapshot),
        1 => (nth(), var()).prop_map(|(n, var)| Op::With(n, var)),
        1 => (nth(), var()).prop_map(|(n, var)| Op::Without(n, var)),
    ];
    let poll = prop_oneof![4 => nth().prop_map(Op::Await), 2 => nth().prop_map(Op::Poll), 2 => crowd()];
    let task = prop_oneof![
        2 => nth().prop_map(Op::Spawn),
        1 => nth().prop_map(Op::JoinTask),
        1 => nth().prop_map(Op::Cancel),
        2 => nth().prop_map(Op::Queue),
        3 => Just(Op::Take),
        1 => nth().prop_map(Op::Drop),
    ];
    let rest = prop_oneof![4 => Just(Op::Yield), 1 => (0..4_u8).prop_map(Op::Panic)];
    prop_oneof![4 => write(), 2 => token, 2 => context, 3 => wrapper(), 4 => poll, 3 => task, 2 => rest]
        .prop_map(|op| vec![op])
        .boxed()
}

/// Polls two or three futures together.
fn crowd() -> BoxedStrategy<Op> {
    let n = || 1..3_u8;
    prop_oneof![
        n().prop_map(Op::JoinAll),
        n().prop_map(Op::Unordered),
        (n(), any::<bool>()).prop_map(|(n, keep)| Op::Select(n, keep)),
        (n(), driver()).prop_map(|(n, driver)| Op::Drive(n, driver)),
    ]
    .boxed()
}

/// Ops that belong together.
fn group(body: BoxedStrategy<Body>) -> BoxedStrategy<Body> {
    let between = || several(simple(), 0..3);
    let future = future(body.clone());
    let used = any_of([Op::Await(LAST), Op::Queue(LAST), Op::Poll(LAST), Op::Yield]);
    let ended = any_of([Op::JoinTask(LAST), Op::Cancel(LAST), Op::Yield]);
    prop_oneof![
        2 => call(body.clone()),
        3 => (future.clone(), used).prop_map(|(future, used)| [future, vec![used]].concat()),
        1 => (vec(future.clone(), 2..4), crowd()).prop_map(|(futures, crowd)| [futures.concat(), vec![crowd]].concat()),
        1 => (future.clone(), between(), ended)
            .prop_map(|(future, between, ended)| [future, vec![Op::Spawn(LAST)], between, vec![ended]].concat()),
        1 => (bind(body), between(), place())
            .prop_map(|(bind, between, from)| [vec![bind], between, vec![Op::CallBound(LAST, from)]].concat()),
        1 => (write(), between(), var())
            .prop_map(|(write, between, var)| [vec![write], between, vec![Op::Reset(LAST, var)]].concat()),
        1 => late_worker(future),
        1 => moved_guard(),
        5 => simple(),
    ]
    .boxed()
}

fn call(body: BoxedStrategy<Body>) -> BoxedStrategy<Body> {
    prop_oneof![
        (var(), body.clone()).prop_map(|(var, body)| Op::Guarded(var, body)),
        (var(), body.clone()).prop_map(|(var, body)| Op::SyncScope(var, body)),
        (nth(), body.clone()).prop_map(|(n, body)| Op::Run(n, body)),
        body.clone().prop_map(Op::Call),
        body.prop_map(Op::Outside),
    ]
    .prop_map(|op| vec![op])
    .boxed()
}

fn bind(body: BoxedStrategy<Body>) -> BoxedStrategy<Op> {
    prop_oneof![body.clone().prop_map(Op::Bind), body.prop_map(Op::BindFn)].boxed()
}

/// A future that is made here or taken from the queue, and is wrapped.
fn future(body: BoxedStrategy<Body>) -> BoxedStrategy<Body> {
    let kind = prop_oneof![
        3 => Just(Kind::Plain),
        5 => Just(Kind::Annotated),
        1 => Just(Kind::Fresh),
        1 => Just(Kind::Binding),
        1 => Just(Kind::Boxed),
        1 => Just(Kind::Stream),
        2 => body.clone().prop_map(Kind::Returned),
        1 => body.clone().prop_map(Kind::OfClosure),
        1 => write().prop_map(|write| Kind::Returned(vec![write])),
    ];
    let start = prop_oneof![
        4 => (kind, body).prop_map(|(kind, body)| Op::Make(kind, body)),
        1 => Just(Op::Take),
    ];
    (start, vec(wrapper(), 0..3))
        .prop_map(|(start, wrappers)| [vec![start], wrappers].concat())
        .boxed()
}

/// A worker under wrappers that are older than the job that it takes and wraps.
fn late_worker(job: BoxedStrategy<Body>) -> BoxedStrategy<Body> {
    let used = any_of([Op::Await(LAST), Op::Spawn(LAST)]);
    (vec(wrapper(), 0..2), vec(wrapper(), 1..3), job, used)
        .prop_map(|(again, around, job, used)| {
            let worker = [vec![Op::Yield, Op::Take], again, vec![Op::Await(LAST)]].concat();
            [
                vec![Op::Make(Kind::Plain, worker)],
                around,
                vec![Op::Poll(LAST)],
                job,
                vec![Op::Queue(LAST), used],
            ]
            .concat()
        })
        .boxed()
}

/// A plain future with a guard, which goes on or ends in another context than it began in.
fn moved_guard() -> BoxedStrategy<Body> {
    let used = any_of([Op::Await(LAST), Op::Drop(LAST)]);
    (var(), simple(), wrapper(), used)
        .prop_map(|(var, ops, around, used)| {
            let halfway = Op::Guarded(var, [vec![Op::Yield], ops].concat());
            vec![Op::Make(Kind::Plain, vec![halfway]), Op::Poll(LAST), around, used]
        })
        .boxed()
}
