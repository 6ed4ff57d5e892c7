//! Arguments are dropped when those of a plain `async fn` are, and in the same order, but inside the context.

use crate::{USER, run};
use contextvars::with_context;
use std::cell::RefCell;
use std::rc::Rc;

type Log = Rc<RefCell<Vec<&'static str>>>;

/// Notes its name, and whether its destructor runs inside the function's context.
struct Guard(&'static str, Log);

impl Drop for Guard {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
        self.1.borrow_mut().push(USER.get());
    }
}

struct Pair {
    left: Guard,
    #[allow(dead_code)]
    right: Guard,
}

async fn plain(first: Guard, _: Guard, Pair { left, .. }: Pair, _unused: Guard, (mut used, _): (Guard, Guard)) {
    std::future::pending::<()>().await;
    used.0 = "changed";
    drop((first, left));
}

#[with_context]
async fn annotated(first: Guard, _: Guard, Pair { left, .. }: Pair, _unused: Guard, (mut used, _): (Guard, Guard)) {
    std::future::pending::<()>().await;
    used.0 = "changed";
    drop((first, left));
}

async fn plain_to_the_end(mut first: Guard, _: Guard, last: Guard) -> usize {
    std::future::ready(()).await;
    first.0 = "changed";
    last.0.len()
}

#[with_context]
async fn annotated_to_the_end(mut first: Guard, _: Guard, last: Guard) -> usize {
    std::future::ready(()).await;
    first.0 = "changed";
    last.0.len()
}

struct Service(Guard);

impl Service {
    async fn plain(self, argument: Guard) {
        std::future::ready(()).await;
        let _ = &argument;
    }

    #[with_context]
    async fn annotated(self, argument: Guard) {
        std::future::ready(()).await;
        let _ = &argument;
    }
}

fn names(log: &Log) -> Vec<&'static str> {
    log.borrow_mut().drain(..).step_by(2).collect()
}

fn guards<const N: usize>(names: [&'static str; N], log: &Log) -> [Guard; N] {
    names.map(|name| Guard(name, Rc::clone(log)))
}

macro_rules! start {
    ($f:ident, $log:expr) => {{
        let [a, b, c, d, e, f, g] = guards(["a", "b", "c", "d", "e", "f", "g"], $log);
        $f(a, b, Pair { left: c, right: d }, e, (f, g))
    }};
}

#[test]
fn never_polled() {
    let log = Log::default();
    drop(start!(plain, &log));
    let expected = names(&log);
    drop(start!(annotated, &log));
    assert_eq!(names(&log), expected);
    assert_eq!(expected.len(), 7);
}

#[test]
fn suspended() {
    let log = Log::default();
    let mut future = Box::pin(start!(plain, &log));
    assert!(futures::poll_now(&mut future).is_none());
    drop(future);
    let expected = names(&log);
    let mut future = Box::pin(start!(annotated, &log));
    assert!(futures::poll_now(&mut future).is_none());
    drop(future);
    assert_eq!(names(&log), expected);
    assert_eq!(expected.len(), 7);
}

#[test]
fn completed() {
    let log = Log::default();
    let [a, b, c] = guards(["a", "b", "c"], &log);
    let _ = run(plain_to_the_end(a, b, c));
    let expected = names(&log);
    let [a, b, c] = guards(["a", "b", "c"], &log);
    let _ = run(annotated_to_the_end(a, b, c));
    assert_eq!(names(&log), expected);
    assert_eq!(expected, ["c", "b", "changed"]);
}

#[test]
fn receivers() {
    let log = Log::default();
    let [own, argument] = guards(["self", "argument"], &log);
    run(Service(own).plain(argument));
    let expected = names(&log);
    let [own, argument] = guards(["self", "argument"], &log);
    let service = Service(own);
    assert_eq!(service.0.0, "self");
    run(service.annotated(argument));
    assert_eq!(names(&log), expected);
    let [own, argument] = guards(["self", "argument"], &log);
    drop(Service(own).plain(argument));
    let expected = names(&log);
    let [own, argument] = guards(["self", "argument"], &log);
    drop(Service(own).annotated(argument));
    assert_eq!(names(&log), expected);
}

/// Is pending once.
async fn pause() {
    let mut is_done = false;
    std::future::poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if is_done {
            return std::task::Poll::Ready(());
        }
        is_done = true;
        std::task::Poll::Pending
    })
    .await;
}

/// Defines a function twice, and compares in what order the futures of both drop what they were given: never polled,
/// suspended, and completed.
macro_rules! in_all_states {
    ($(async fn $name:ident([$($guard:pat),*] $($param:pat => $ty:ty = $arg:expr),*) $body:block)*) => {
        $(
            #[test]
            fn $name() {
                async fn plain($($param: $ty),*) $body
                #[with_context]
                async fn annotated($($param: $ty),*) $body
                let log = Log::default();
                let plain = || {
                    let [$($guard),*] = guards(["a", "b", "c", "d"], &log);
                    plain($($arg),*)
                };
                let annotated = || {
                    let [$($guard),*] = guards(["a", "b", "c", "d"], &log);
                    annotated($($arg),*)
                };
                same_order(plain, annotated, &log);
            }
        )*
    };
}

fn same_order<P: Future, A: Future>(plain: impl Fn() -> P, annotated: impl Fn() -> A, log: &Log) {
    drop(plain());
    let expected = names(log);
    drop(annotated());
    assert_eq!((names(log), expected.len()), (expected, 4), "never polled");

    let mut future = Box::pin(plain());
    assert!(futures::poll_now(&mut future).is_none());
    log.borrow_mut().push("suspended");
    log.borrow_mut().push("");
    drop(future);
    let expected = names(log);
    let mut future = Box::pin(annotated());
    assert!(futures::poll_now(&mut future).is_none());
    log.borrow_mut().push("suspended");
    log.borrow_mut().push("");
    drop(future);
    assert_eq!((names(log), expected.len()), (expected, 5), "suspended");

    drop(run(plain()));
    let expected = names(log);
    drop(run(annotated()));
    assert_eq!((names(log), expected.len()), (expected, 4), "completed");
}

in_all_states! {
    async fn names_used([a, b, c, d] first => Guard = a, second => Guard = b, third => Guard = c, fourth => Guard = d) {
        pause().await;
        drop((third, first));
        let _ = (&second, &fourth);
    }

    async fn names_unused([a, b, c, d] _a => Guard = a, _b => Guard = b, _c => Guard = c, _d => Guard = d) {
        pause().await;
    }

    async fn placeholders([a, b, c, d] _ => Guard = a, used => Guard = b, _ => Guard = c, _d => Guard = d) {
        pause().await;
        drop(used);
    }

    async fn mutable([a, b, c, d] mut first => Guard = a, _ => Guard = b, mut third => Guard = c, _ => Guard = d) {
        first.0 = "changed";
        pause().await;
        third.0 = "changed too";
    }

    async fn tuples([a, b, c, d] (first, _) => (Guard, Guard) = (a, b), (_, mut last) => (Guard, Guard) = (c, d)) {
        pause().await;
        last.0 = "changed";
        drop(first);
        let _ = &last;
    }

    async fn structs(
        [a, b, c, d]
        Pair { left, .. } => Pair = Pair { left: a, right: b },
        Pair { right, left: _unused } => Pair = Pair { left: c, right: d }
    ) {
        pause().await;
        let _ = (&left, &right);
    }

    async fn partly_used(
        [a, b, c, d]
        pair => Pair = Pair { left: a, right: b },
        tuple => (Guard, Guard) = (c, d)
    ) {
        drop(pair.left);
        pause().await;
        drop(tuple.1);
    }

    async fn slices([a, b, c, d] [first, .., last] => [Guard; 3] = [a, b, c], _ => Guard = d) {
        pause().await;
        let _ = (&first, &last);
    }

    async fn bindings_of_the_whole([a, b, c, d] whole @ Pair { .. } => Pair = Pair { left: a, right: b }, _rest => (Guard, Guard) = (c, d)) {
        pause().await;
        let _ = &whole;
    }
}

struct Receiver {
    left: Guard,
    right: Guard,
}

/// Each method twice.
macro_rules! methods {
    ($($plain:ident $annotated:ident $params:tt $body:block)*) => {
        impl Receiver {
            $(
                async fn $plain $params $body

                #[with_context]
                async fn $annotated $params $body
            )*
        }
    };
}

methods! {
    used used_annotated (self, first: Guard, _: Guard) {
        pause().await;
        let _ = (&self.left, &self.right, &first);
    }
    partly partly_annotated (self, first: Guard, _second: Guard) {
        pause().await;
        drop((self.right, first));
    }
    unused unused_annotated (self, _: Guard, second: Guard) {
        pause().await;
        drop(second);
    }
    mutable mutable_annotated (mut self, _: Guard, mut second: Guard) {
        self.left.0 = "changed";
        pause().await;
        let _ = &self.left;
        second.0 = "changed too";
    }
    boxed boxed_annotated (self: Box<Self>, first: Guard, _: Guard) {
        pause().await;
        drop((self.left, first));
    }
}

#[test]
fn receivers_in_all_states() {
    let log = Log::default();
    let new = || {
        let [left, right, c, d] = guards(["left", "right", "c", "d"], &log);
        (Receiver { left, right }, c, d)
    };
    macro_rules! compare {
        ($plain:ident $annotated:ident $(in $wrap:path)?) => {
            same_order(
                || {
                    let (receiver, c, d) = new();
                    $($wrap)?(receiver).$plain(c, d)
                },
                || {
                    let (receiver, c, d) = new();
                    $($wrap)?(receiver).$annotated(c, d)
                },
                &log,
            );
        };
    }
    compare!(used used_annotated);
    compare!(partly partly_annotated);
    compare!(unused unused_annotated);
    compare!(mutable mutable_annotated);
    compare!(boxed boxed_annotated in Box::new);
}

#[with_context(USER = "inside")]
async fn binds(_first: Guard, second: Guard, _: Guard) {
    std::future::ready(()).await;
    drop(second);
}

#[with_context(USER = "inside")]
fn binds_sync(_first: Guard, mut second: Guard, _: Guard) {
    second.0 = "changed";
}

#[test]
fn destructors_see_the_context() {
    let log = Log::default();
    let [a, b, c] = guards(["a", "b", "c"], &log);
    run(binds(a, b, c));
    assert_eq!(*log.borrow(), ["b", "inside", "c", "inside", "a", "inside"]);
    log.borrow_mut().clear();
    let [a, b, c] = guards(["a", "b", "c"], &log);
    binds_sync(a, b, c);
    assert_eq!(*log.borrow(), ["c", "inside", "changed", "inside", "a", "inside"]);
}

#[with_context(USER = "inside")]
fn with_closure(guard: Guard) {
    let drops = #[with_context(USER = "closure")]
    move |_: Guard, guard| drop::<Guard>(guard);
    let log = Rc::clone(&guard.1);
    drops(guard, Guard("late", log));
}

#[test]
fn arguments_of_closures_too() {
    let log = Log::default();
    with_closure(Guard("early", Rc::clone(&log)));
    assert_eq!(*log.borrow(), ["late", "closure", "early", "closure"]);
}

mod futures {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    pub(super) fn poll_now<F: Future>(future: &mut Pin<Box<F>>) -> Option<F::Output> {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }
}
