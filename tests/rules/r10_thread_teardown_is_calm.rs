//! R10: nothing that a TLS destructor does with a context aborts the process.
//!
//! An abort takes the whole process with it, so each scenario runs in a child.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::thread;

use contextvars::{Context, ContextExt, Guard, Token, bind, context_var, with_context};

use crate::common::child::in_a_child;
use crate::common::{Log, OnDrop, poll_once, quiet_expected_panics};

#[context_var]
static NAME: String = "nobody".to_owned();
#[context_var]
static NUMBER: u32;
#[context_var]
static READS_AT_DEATH: OnDrop<Box<dyn FnMut() + Send + Sync>>;

/// The defaults that a thread has needed already.
static NEEDED: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

thread_local! {
    static AT_END: RefCell<AtEnd> = const { RefCell::new(AtEnd(Vec::new())) };
    static KEPT: RefCell<Vec<Box<dyn std::any::Any>>> = const { RefCell::new(Vec::new()) };
}

struct AtEnd(Vec<Box<dyn FnOnce()>>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        for last_words in self.0.drain(..) {
            last_words();
        }
    }
}

fn at_the_end(last_words: impl FnOnce() + 'static) {
    AT_END.with_borrow_mut(|at_end| at_end.0.push(Box::new(last_words)));
}

/// Makes this thread use whatever thread-locals the crate has.
fn touch() {
    Context::new().run(|| {
        drop(NAME.set("touched".to_owned()));
        drop(READS_AT_DEATH.set(OnDrop(Box::new(|| drop(NAME.get())))));
        NAME.with(|_| drop(Context::current()));
        let _ = poll_once(pin!(handler()));
    });
}

#[with_context]
async fn handler() -> String {
    NAME.set("handler".to_owned());
    crate::common::yield_now().await;
    NAME.get()
}

/// Runs `scenario` to the end of a thread, with the test's thread-local made before the crate's and after; then on
/// the main thread of the child, whose end is the exit of the process.
fn to_the_end_of_a_thread(test: &str, scenario: fn(Log<String>)) -> Option<String> {
    in_a_child(test, || {
        quiet_expected_panics();
        let log = Log::new();
        let before = log.clone();
        let the_tests_first = thread::spawn(move || {
            at_the_end(|| {});
            touch();
            scenario(before);
        });
        the_tests_first.join().expect("no panic");
        let after = log.clone();
        let the_crates_first = thread::spawn(move || {
            touch();
            scenario(after);
        });
        the_crates_first.join().expect("no panic");
        let said = log.take().join(" ");
        scenario(log);
        said
    })
}

/// R10, Cases 285, T18
#[test]
fn reads_at_the_end_of_a_thread() {
    let said = to_the_end_of_a_thread("r10_thread_teardown_is_calm::reads_at_the_end_of_a_thread", |log| {
        at_the_end(move || {
            log.push(NAME.get());
            log.push(NAME.with(Clone::clone));
            log.push(format!("{:?}", NUMBER.get()));
            log.push(format!("{:?}", NUMBER.with(|number| number.map(|number| number + 1))));
            log.push(format!(
                "{:?}",
                (NAME.is_set(), NUMBER.try_get(), NAME.try_get().is_some())
            ));
        });
    });
    if let Some(said) = said {
        assert_eq!(said, ["nobody nobody None None (false, None, true)"; 2].join(" "));
    }
}

/// R10: a default that nobody has needed before.
#[test]
fn defaults_are_evaluated_at_the_end_of_a_thread() {
    #[context_var]
    static FIRST: String = "first".to_owned();
    #[context_var]
    static SECOND: String = format!("{} second", THIRD.get());
    #[context_var]
    static THIRD: String = "third".to_owned();
    #[context_var]
    static LAST: String = "last".to_owned();

    let said = to_the_end_of_a_thread(
        "r10_thread_teardown_is_calm::defaults_are_evaluated_at_the_end_of_a_thread",
        |log| {
            at_the_end(move || {
                let needed_now = [&FIRST, &SECOND, &LAST]
                    .into_iter()
                    .find(|variable| NEEDED.lock().expect("no panic").insert(variable.name()));
                log.push(needed_now.map_or_else(String::new, |variable| variable.get()));
            });
        },
    );
    if let Some(said) = said {
        assert_eq!(said, "first third second");
    }
}

/// R10, Cases 285, T18
#[test]
fn writes_at_the_end_of_a_thread() {
    let said = to_the_end_of_a_thread("r10_thread_teardown_is_calm::writes_at_the_end_of_a_thread", |log| {
        at_the_end(move || {
            log.push(NAME.try_set("late".to_owned()).is_err().to_string());
            log.push(NAME.try_unset().is_err().to_string());
            let panics = catch_unwind(AssertUnwindSafe(|| NUMBER.set(1)));
            log.push(panics.is_err().to_string());
        });
    });
    if let Some(said) = said {
        assert_eq!(said, ["true"; 6].join(" "));
    }
}

/// R10, Cases 285, T18
#[test]
fn snapshots_and_entries_at_the_end_of_a_thread() {
    let said = to_the_end_of_a_thread(
        "r10_thread_teardown_is_calm::snapshots_and_entries_at_the_end_of_a_thread",
        |log| {
            at_the_end(move || {
                log.push(Context::current().len().to_string());
                let mut context = Context::new().with(&NUMBER, 1);
                log.push(format!("{:?}", context.get(&NUMBER)));
                context.run(|| drop(NAME.try_set("late".to_owned())));
                drop(context.clone());
                NAME.sync_scope("late".to_owned(), || drop(NAME.get()));
                bind(|| drop(NAME.get()))();
                let _ = format!("{context:#?} {NAME:?}");
                log.push("calm".to_owned());
            });
        },
    );
    if let Some(said) = said {
        assert_eq!(said, ["0 Some(1) calm"; 2].join(" "));
    }
}

/// R10, Case T19
#[test]
fn polls_at_the_end_of_a_thread() {
    let said = to_the_end_of_a_thread("r10_thread_teardown_is_calm::polls_at_the_end_of_a_thread", |log| {
        let mut kept = Box::pin(handler());
        assert!(poll_once(kept.as_mut()).is_pending());
        at_the_end(move || {
            log.push(format!("{:?}", poll_once(kept.as_mut()).is_ready()));
            let mut made: Vec<Pin<Box<dyn Future<Output = String>>>> = vec![
                Box::pin(NAME.scope("late".to_owned(), async { NAME.get() })),
                Box::pin(async { NAME.get() }.in_current_context()),
                Box::pin(async { NAME.get() }.in_context(Context::new())),
            ];
            for future in &mut made {
                log.push(format!("{:?}", poll_once(future.as_mut()).is_ready()));
            }
        });
    });
    if let Some(said) = said {
        assert_eq!(said, ["true"; 8].join(" "));
    }
}

/// R10, Case T19
#[test]
fn what_is_kept_to_the_end_of_a_thread_is_dropped_there() {
    fn keep(kept: impl std::any::Any) {
        KEPT.with_borrow_mut(|all| all.push(Box::new(kept)));
    }

    let said = to_the_end_of_a_thread(
        "r10_thread_teardown_is_calm::what_is_kept_to_the_end_of_a_thread_is_dropped_there",
        |log| {
            let reads = |what: &'static str| {
                let log = log.clone();
                OnDrop(Box::new(move || {
                    let _ = (NAME.get(), NUMBER.try_set(1), Context::current().len());
                    log.push(what.to_owned());
                }) as Box<dyn FnMut() + Send + Sync>)
            };
            let never_polled: Pin<Box<dyn Future<Output = ()>>> =
                Box::pin(READS_AT_DEATH.scope(reads("never-polled"), std::future::pending()));
            let mut pending: Pin<Box<dyn Future<Output = ()>>> =
                Box::pin(READS_AT_DEATH.scope(reads("pending"), std::future::pending()));
            assert!(poll_once(pending.as_mut()).is_pending());
            let mut context = Context::new();
            let (guard, token): (Guard<_>, Token<_>) = context.run(|| {
                let guard = READS_AT_DEATH.set(reads("first")).guard();
                (guard, READS_AT_DEATH.set(reads("second")))
            });
            keep(never_polled);
            keep(pending);
            keep((guard, token));
            keep(context);
            let mut whole = Context::new().with(&READS_AT_DEATH, reads("bound"));
            keep(whole.run(|| bind(|| READS_AT_DEATH.is_set())));
        },
    );
    if let Some(said) = said {
        let mut said: Vec<&str> = said.split(' ').collect();
        said.sort_unstable();
        let once = ["bound", "first", "never-polled", "pending", "second"];
        assert_eq!(said, once.map(|what| [what, what]).concat());
    }
}

/// R10, Case 285: a thread that ends inside its contexts, by a panic.
#[test]
fn a_thread_that_panics_in_a_context_ends_calmly() {
    let said = to_the_end_of_a_thread(
        "r10_thread_teardown_is_calm::a_thread_that_panics_in_a_context_ends_calmly",
        |log| {
            let ended = thread::spawn(move || {
                at_the_end(move || log.push(NAME.get()));
                Context::new().run(|| {
                    let _guard = NAME.set("inside".to_owned()).guard();
                    NUMBER.sync_scope(1, || panic!("expected"));
                });
            });
            ended.join().expect_err("it panics");
        },
    );
    if let Some(said) = said {
        assert_eq!(said, "nobody nobody");
    }
}
