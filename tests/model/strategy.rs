//! Programs at random, which shrink to the smallest that still fails.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::program::{Body, Driver, Kind, Op, Var, Where};

pub(crate) fn program() -> impl Strategy<Value = (Kind, Body)> {
    let start = prop_oneof![Just(Kind::Plain), Just(Kind::Annotated)];
    (start, body())
}

fn body() -> impl Strategy<Value = Body> {
    let simple = vec(simple(), 0..6).prop_map(|ops| ops.concat());
    simple.prop_recursive(6, 256, 6, |inner| {
        vec(nested(inner), 0..10).prop_map(|ops| ops.concat())
    })
}

fn var() -> impl Strategy<Value = Var> {
    prop::sample::select(&Var::ALL[..])
}

fn nth() -> impl Strategy<Value = u8> {
    0..4_u8
}

/// An op without a body.
fn simple() -> BoxedStrategy<Body> {
    let place = prop_oneof![Just(Where::Here), Just(Where::OnAThread)];
    let driver = prop_oneof![Just(Driver::LocalExecutor), Just(Driver::LocalSet)];
    let write = prop_oneof![
        6 => var().prop_map(Op::Set),
        1 => var().prop_map(Op::Unset),
        3 => (nth(), var()).prop_map(|(n, var)| Op::Reset(n, var)),
        1 => nth().prop_map(Op::DropToken),
    ];
    let context = prop_oneof![
        3 => Just(Op::Snapshot),
        1 => (nth(), var()).prop_map(|(n, var)| Op::With(n, var)),
        1 => (nth(), var()).prop_map(|(n, var)| Op::Without(n, var)),
        2 => (nth(), place).prop_map(|(n, place)| Op::CallBound(n, place)),
    ];
    let poll = prop_oneof![
        4 => nth().prop_map(Op::Await),
        1 => nth().prop_map(Op::JoinAll),
        1 => nth().prop_map(Op::Unordered),
        1 => (nth(), any::<bool>()).prop_map(|(n, keep)| Op::Select(n, keep)),
        2 => nth().prop_map(Op::Poll),
        1 => (nth(), driver).prop_map(|(n, driver)| Op::Drive(n, driver)),
    ];
    let task = prop_oneof![
        2 => nth().prop_map(Op::Spawn),
        1 => nth().prop_map(Op::JoinTask),
        1 => nth().prop_map(Op::Cancel),
        2 => nth().prop_map(Op::Queue),
        4 => Just(Op::Take),
        1 => nth().prop_map(Op::Drop),
    ];
    let end = prop_oneof![4 => Just(Op::Yield), 1 => (0..4_u8).prop_map(Op::Panic)];
    prop_oneof![4 => write, 2 => context, 3 => wrapper(), 4 => poll, 3 => task, 2 => end]
        .prop_map(|op| vec![op])
        .boxed()
}

fn wrapper() -> BoxedStrategy<Op> {
    let which = || prop_oneof![2 => Just(u8::MAX), 1 => nth()];
    prop_oneof![
        2 => (which(), var()).prop_map(|(n, var)| Op::Scope(n, var)),
        1 => (which(), nth()).prop_map(|(n, context)| Op::InContext(n, context)),
    ]
    .boxed()
}

/// An op, or a future that is made, wrapped and used.
fn nested(body: BoxedStrategy<Body>) -> BoxedStrategy<Body> {
    let call = prop_oneof![
        (var(), body.clone()).prop_map(|(var, body)| Op::Guarded(var, body)),
        (var(), body.clone()).prop_map(|(var, body)| Op::SyncScope(var, body)),
        (nth(), body.clone()).prop_map(|(n, body)| Op::Run(n, body)),
        body.clone().prop_map(Op::Call),
        body.clone().prop_map(Op::Bind),
        body.clone().prop_map(Op::BindFn),
    ];
    let kind = prop_oneof![
        3 => Just(Kind::Plain),
        5 => Just(Kind::Annotated),
        1 => Just(Kind::Fresh),
        1 => Just(Kind::Binding),
        1 => Just(Kind::Boxed),
        1 => Just(Kind::Stream),
        2 => body.clone().prop_map(Kind::Returned),
    ];
    let used = prop_oneof![
        3 => Just(Op::Await(u8::MAX)),
        2 => Just(Op::Spawn(u8::MAX)),
        2 => Just(Op::Queue(u8::MAX)),
        1 => Just(Op::Poll(u8::MAX)),
        2 => Just(Op::Yield),
    ];
    let make = (kind, body, vec(wrapper(), 0..3), used).prop_map(|(kind, body, wrappers, used)| {
        let mut ops = vec![Op::Make(kind, body)];
        ops.extend(wrappers);
        ops.push(used);
        ops
    });
    prop_oneof![
        2 => call.prop_map(|op| vec![op]),
        4 => make,
        6 => simple(),
    ]
    .boxed()
}
