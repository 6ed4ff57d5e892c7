//! A program: what its bodies do, one op after the other.

/// One of the variables that programs use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(fuzzing, derive(arbitrary::Arbitrary))]
pub(crate) enum Var {
    A,
    B,
    C,
    Local,
}

impl Var {
    pub(crate) const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::Local];

    pub(crate) fn is_local(self) -> bool {
        matches!(self, Self::Local)
    }
}

/// Which of the things that a body holds, counted round and round; the highest number is always the last of them.
pub(crate) type Nth = u8;

pub(crate) type Body = Vec<Op>;

/// What a body does. Of what it holds none of, it uses nothing; where it may not wait, it polls once instead.
#[derive(Clone, Debug)]
#[cfg_attr(fuzzing, derive(arbitrary::Arbitrary))]
pub(crate) enum Op {
    Set(Var),
    Unset(Var),
    /// With a token that may be another variable's, or of another context.
    Reset(Nth, Var),
    DropToken(Nth),
    Guarded(Var, Body),

    Snapshot,
    With(Nth, Var),
    Without(Nth, Var),
    Run(Nth, Body),
    SyncScope(Var, Body),
    Call(Body),
    /// Outside every context and wrapper.
    Outside(Body),
    Bind(Body),
    BindFn(Body),
    CallBound(Nth, Where),

    Make(Kind, Body),
    Scope(Nth, Var, Where),
    InContext(Nth, Nth),
    InCurrentContext(Nth),
    /// Leaves a future to whoever takes one from the queue.
    Queue(Nth),
    /// Takes one, to wrap it, poll it, or let others do so.
    Take,
    Drop(Nth),
    Poll(Nth),
    /// Polls some by an executor that runs here and now, and cancels what is left.
    Drive(Nth, Driver),

    Yield,
    Await(Nth),
    JoinAll(Nth),
    Unordered(Nth),
    /// Waits for the first of some, and drops the others or goes on with them.
    Select(Nth, bool),

    Spawn(Nth),
    JoinTask(Nth),
    Cancel(Nth),

    /// Unwinds through so many of those who would catch it.
    Panic(u8),
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(fuzzing, derive(arbitrary::Arbitrary))]
pub(crate) enum Where {
    Here,
    OnAThread,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(fuzzing, derive(arbitrary::Arbitrary))]
pub(crate) enum Driver {
    LocalExecutor,
    LocalSet,
}

/// What kind of future or stream runs a body.
#[derive(Clone, Debug)]
#[cfg_attr(fuzzing, derive(arbitrary::Arbitrary))]
pub(crate) enum Kind {
    Plain,
    Annotated,
    Fresh,
    /// `#[with_context(A = value)]`
    Binding,
    /// A fn that does something itself, and then returns a future.
    Returned(Body),
    /// A bound closure that does so.
    OfClosure(Body),
    Boxed,
    /// A stream, whose items are the ops.
    Stream,
}
