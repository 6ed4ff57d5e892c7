//! Random programs: nestings of futures, scopes, bound calls and drops.

use proptest::prelude::*;

/// What a body does, one after another.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Looks.
    Look,
    /// Sets the variable, if there is a context.
    Set(&'static str),
    /// Sets the local variable, if there is a context.
    SetLocal(&'static str),
    /// Waits for the next poll.
    Yield,
    Panic,
    /// Makes a child under this tag, or under the one there is, and ends it in this way.
    Child(Make, Option<&'static str>, End, Vec<Act>),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Make {
    Annotated,
    Returned,
    /// By a function that sets both variables before.
    ReturnedAfter(&'static str),
    InCurrent,
    Stream,
    Scope(&'static str),
    ScopeOfLocal(&'static str),
    Bind,
    InContext(&'static str),
    Call,
    Calls,
    /// A bound closure that returns a future.
    CallForFuture,
    /// A synchronous function, which is called at once.
    Sync,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Await,
    /// On a thread of its own, or as a new task, where there is nothing.
    Elsewhere,
    /// On a thread of its own that has this tag.
    ElsewhereUnder(&'static str),
    DropUnpolled,
    DropAfterOnePoll,
}

pub(crate) const TAGS: [&str; 3] = ["red", "green", "blue"];
pub(crate) const NAMES: [&str; 3] = ["alice", "bob", "carol"];

pub(crate) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let tag = || prop::sample::select(&TAGS[..]);
    let name = || prop::sample::select(&NAMES[..]);
    let leaf = prop_oneof![
        3 => Just(Act::Look),
        2 => name().prop_map(Act::Set),
        2 => name().prop_map(Act::SetLocal),
        3 => Just(Act::Yield),
        1 => Just(Act::Panic),
    ];
    let act = leaf.prop_recursive(4, 24, 5, move |act| {
        let make = prop_oneof![
            2 => Just(Make::Annotated),
            1 => Just(Make::Returned),
            1 => name().prop_map(Make::ReturnedAfter),
            1 => Just(Make::InCurrent),
            1 => Just(Make::Stream),
            1 => name().prop_map(Make::Scope),
            1 => name().prop_map(Make::ScopeOfLocal),
            1 => Just(Make::Bind),
            1 => name().prop_map(Make::InContext),
            1 => Just(Make::Call),
            1 => Just(Make::Calls),
            1 => Just(Make::CallForFuture),
            1 => Just(Make::Sync),
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
