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
