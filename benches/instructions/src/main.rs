//! Runs one operation many times, for `check` to count its instructions. Each operation sets its context up, and then
//! repeats what is counted.
//!
//! usage: `instructions [operation times]`; alone it names the operations.

#[path = "../../../tests/common/many.rs"]
mod many;
mod opaque;

use std::env;
use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::task::{self, Poll, Waker};

use contextvars::{Context, ContextExt, bind, context_var, with_context};

use opaque::{Opaque, Value, fill};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [] => {
            for (name, _) in OPERATIONS {
                println!("{name}");
            }
            ExitCode::SUCCESS
        }
        [name, times] => run(name, times).unwrap_or_else(usage),
        _ => usage(),
    }
}

fn run(name: &str, times: &str) -> Option<ExitCode> {
    let (_, operation) = OPERATIONS.iter().find(|(known, _)| *known == name)?;
    operation(times.parse().ok()?);
    Some(ExitCode::SUCCESS)
}

fn usage() -> ExitCode {
    eprintln!("usage: instructions [operation times]");
    ExitCode::FAILURE
}

#[context_var]
static NUMBER: u64 = 0;
#[context_var]
static USER: u64;
#[context_var]
static TEXT: String;
#[context_var]
static VALUE: Value;
#[context_var(local)]
static LOCAL: u64 = 0;

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

const KIB: usize = 1024;

/// A name, and what runs it a given number of times.
type Operation = (&'static str, fn(u32));

const OPERATIONS: &[Operation] = &[
    // Reads.
    ("get-1-bound", |n| among(0, bound, || repeat(n, || NUMBER.get()))),
    ("get-8-bound", |n| among(7, bound, || repeat(n, || NUMBER.get()))),
    ("get-32-bound", |n| among(31, bound, || repeat(n, || NUMBER.get()))),
    ("get-1000-bound", |n| among(999, bound, || repeat(n, || NUMBER.get()))),
    ("get-user-clone", |n| among(7, value, || repeat(n, || VALUE.get()))),
    ("get-miss", |n| among(8, user, || repeat(n, || USER.get()))),
    ("get-miss-outside", |n| repeat(n, || USER.get())),
    ("is-set-miss", |n| among(8, user, || repeat(n, || USER.is_set()))),
    ("get-default", |n| among(8, unbound, || repeat(n, || NUMBER.get()))),
    ("with-string", |n| among(7, text, || repeat(n, length))),
    // One poll of a future that waits.
    ("poll-8-bound", |n| among(7, bound, || polls(n, waits()))),
    ("poll-1000-bound", |n| among(999, bound, || polls(n, waits()))),
    ("poll-of-200-bytes", |n| {
        among(7, bound, || polls(n, waits_with_buffer()));
    }),
    ("poll-of-200-bytes-plain", |n| {
        among(7, bound, || polls(n, plain_waits_with_buffer()));
    }),
    ("poll-scope", |n| among(8, unbound, || polls(n, waits_in_scope()))),
    // An annotated future: made, polled and dropped; boxed, as for a spawn, and dropped before its first poll.
    ("capture", |n| among(7, bound, || repeat(n, || once(answers())))),
    // The same below one scope, as in a service, and below a hundred.
    ("capture-below-1", |n| {
        among(7, bound, || below(1, &mut || repeat(n, || once(answers()))));
    }),
    ("capture-below-100", |n| {
        among(7, bound, || below(100, &mut || repeat(n, || once(answers()))));
    }),
    ("capture-unpolled", |n| among(7, bound, || repeat(n, boxed))),
    // A function that binds a variable, and returns a future.
    ("returned-8-bound", |n| {
        among(7, bound, || repeat(n, || once(returns())));
    }),
    ("returned-1000-bound", |n| {
        among(999, bound, || repeat(n, || once(returns())));
    }),
    // One that binds nothing, and captures nothing before it returns.
    ("returned-unwritten", |n| {
        among(7, bound, || repeat(n, || once(returns_only())));
    }),
    // Functions that return their future in a box: one that binds nothing, and one that binds a variable.
    ("returned-boxed-unwritten", |n| {
        among(7, bound, || repeat(n, || once(returns_boxed_only())));
    }),
    ("returned-boxed-written", |n| {
        among(7, bound, || repeat(n, || once(returns_boxed())));
    }),
    // Writes.
    ("set-reset-bound", |n| among(8, bound, || repeat(n, set_reset))),
    ("set-reset-unbound", |n| among(8, unbound, || repeat(n, set_reset))),
    ("set-reset-empty", |n| Context::new().run(|| repeat(n, set_reset))),
    ("first-set-8-bound", |n| among(7, bound, || repeat(n, first_set))),
    ("first-set-1000-bound", |n| among(999, bound, || repeat(n, first_set))),
    // Scopes: made, polled and dropped.
    ("scope-bound", |n| among(8, bound, || repeat(n, scope))),
    ("scope-unbound", |n| among(8, unbound, || repeat(n, scope))),
    ("sync-scope-bound", |n| among(8, bound, || repeat(n, sync_scope))),
    ("sync-scope-unbound", |n| among(8, unbound, || repeat(n, sync_scope))),
    // Around a future so large that a copy of it shows at once.
    ("scope-16k", |n| {
        among(1, unbound, || repeat(n, scope_of_large::<{ 16 * KIB }>));
    }),
    ("scope-64k", |n| {
        among(1, unbound, || repeat(n, scope_of_large::<{ 64 * KIB }>));
    }),
    ("scope-256k", |n| {
        among(1, unbound, || repeat(n, scope_of_large::<{ 256 * KIB }>));
    }),
    ("annotated-64k", |n| among(1, unbound, || repeat(n, annotated_large))),
    ("in-context-64k", |n| {
        among(1, unbound, || in_context(n, &Context::current()));
    }),
    ("in-current-context-64k", |n| {
        among(1, unbound, || repeat(n, in_current_context));
    }),
    // Snapshots.
    ("snapshot", |n| among(7, bound, || repeat(n, Context::current))),
    ("snapshot-clone", |n| among(7, bound, || clones(n, &Context::current()))),
    ("bind-call", |n| among(7, bound, || repeat(n, bind_call))),
    // Where a local variable is bound.
    ("local-get", |n| among(8, local, || repeat(n, || LOCAL.get()))),
    ("local-set-reset", |n| among(8, local, || repeat(n, local_set_reset))),
    ("local-capture", |n| among(8, local, || repeat(n, || once(answers())))),
    ("local-scope", |n| among(8, unbound, || repeat(n, local_scope))),
    ("local-poll", |n| among(8, local, || polls(n, waits()))),
];

/// Runs `f` in a context with this number of `others` bound, half of them before and half after `own` has its turn.
fn among(others: usize, own: impl FnOnce(), f: impl FnOnce()) {
    let others = &many::all()[..others];
    let (before, after) = others.split_at(others.len() / 2);
    Context::new().run(|| {
        for other in before {
            other.set(1);
        }
        own();
        for other in after {
            other.set(1);
        }
        f();
    });
}

fn bound() {
    NUMBER.set(1);
}

fn local() {
    LOCAL.set(1);
}

/// Bound before, but not now.
fn unbound() {
    NUMBER.sync_scope(1, || ());
}

fn user() {
    USER.sync_scope(1, || ());
}

fn text() {
    TEXT.set("bound".to_owned());
}

fn value() {
    VALUE.set(Value(1));
}

fn repeat<R>(n: u32, mut operation: impl FnMut() -> R) {
    for _ in 0..n {
        drop(black_box(operation()));
    }
}

fn polls(n: u32, future: impl Future) {
    let mut future = pin!(future);
    repeat(n, || poll(future.as_mut()));
}

fn once<F: Future>(future: F) -> Poll<F::Output> {
    poll(pin!(future))
}

/// As `once`, of a future that is made in the place where it stays.
#[inline(always)]
#[allow(clippy::inline_always, reason = "a call would copy the future")]
fn once_in_place<F: Future>(make: impl FnOnce() -> F) -> Poll<F::Output> {
    poll(pin!(make()))
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "a call would count")]
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    // Opaque, as an executor's is: else it would be left out where nobody uses it.
    black_box(future).poll(black_box(&mut task::Context::from_waker(Waker::noop())))
}

/// Too large to be polled inline.
#[with_context]
async fn waits_with_buffer() {
    plain_waits_with_buffer().await;
}

async fn plain_waits_with_buffer() {
    let mut buffer = [0; 200];
    black_box(&mut buffer);
    Opaque(Poll::Pending).await;
    black_box(&mut buffer);
}

#[with_context]
async fn waits() {
    Opaque(Poll::Pending).await;
}

#[with_context]
async fn answers() {
    Opaque(Poll::Ready(())).await;
}

#[with_context(NUMBER = black_box(2))]
fn returns() -> impl Future<Output = ()> {
    Opaque(Poll::Ready(()))
}

#[with_context]
fn returns_only() -> impl Future<Output = ()> {
    Opaque(Poll::Ready(()))
}

#[with_context(NUMBER = black_box(2))]
fn returns_boxed() -> Boxed {
    Box::pin(Opaque(Poll::Ready(())))
}

#[with_context]
fn returns_boxed_only() -> Boxed {
    Box::pin(Opaque(Poll::Ready(())))
}

/// Holds a buffer of `N` bytes while it waits, but need not wait.
async fn large<const N: usize>() -> u8 {
    if black_box(false) {
        let mut buffer = [0; N];
        fill(&mut buffer).await;
        return buffer[0];
    }
    1
}

/// As `large`, of 64 KiB.
#[expect(clippy::large_stack_arrays, reason = "the size is what is measured")]
#[with_context]
async fn annotated() -> u8 {
    if black_box(false) {
        let mut buffer = [0; 64 * KIB];
        fill(&mut buffer).await;
        return buffer[0];
    }
    1
}

/// Runs `f` in a poll inside this number of nested scopes.
fn below(scopes: usize, f: &mut dyn FnMut()) {
    let innermost: Pin<Box<dyn Future<Output = ()> + '_>> = Box::pin(std::future::poll_fn(|_| {
        f();
        Poll::Ready(())
    }));
    let outermost = (0..scopes).fold(innermost, |inner, _| Box::pin(NUMBER.scope(black_box(1), inner)));
    assert!(once(outermost).is_ready());
}

fn boxed() -> Boxed {
    Box::pin(answers())
}

fn length() -> Option<usize> {
    TEXT.with(|text| text.map(String::len))
}

fn set_reset() {
    let token = NUMBER.set(black_box(2));
    NUMBER.reset(token).expect("its own token");
}

fn local_set_reset() {
    let token = LOCAL.set(black_box(2));
    LOCAL.reset(token).expect("its own token");
}

/// The first since a snapshot.
fn first_set() {
    let snapshot = black_box(Context::current());
    NUMBER.set(black_box(2));
    drop(snapshot);
}

fn waits_in_scope() -> impl Future<Output = ()> {
    NUMBER.scope(2, Opaque(Poll::Pending))
}

fn scope() -> Poll<()> {
    once(NUMBER.scope(black_box(2), Opaque(Poll::Ready(()))))
}

fn scope_of_large<const N: usize>() -> Poll<u8> {
    once_in_place(|| NUMBER.scope(black_box(2), large::<N>()))
}

fn annotated_large() -> Poll<u8> {
    once_in_place(annotated)
}

fn in_context(n: u32, context: &Context) {
    repeat(n, || {
        once_in_place(|| large::<{ 64 * KIB }>().in_context(context.clone()))
    });
}

fn in_current_context() -> Poll<u8> {
    once_in_place(|| large::<{ 64 * KIB }>().in_current_context())
}

fn local_scope() -> Poll<()> {
    once(LOCAL.scope(black_box(2), Opaque(Poll::Ready(()))))
}

fn sync_scope() -> u64 {
    NUMBER.sync_scope(black_box(2), opaque::call)
}

fn clones(n: u32, context: &Context) {
    repeat(n, || context.clone());
}

fn bind_call() -> u64 {
    black_box(bind(opaque::call))()
}
