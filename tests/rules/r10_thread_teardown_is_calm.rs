//! R10: nothing that a TLS destructor does with a context aborts the process.
//!
//! An abort takes the whole process with it, so each scenario runs in a child, at every end that a thread can come to
//! ([`ends`]). A destructor of a thread-local that runs inside a context is not among them: the thread has left its last
//! one by then. The main thread, which the test harness keeps to itself, has a program of its own.

mod ends;
mod executors;
mod kept;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use contextvars::{Context, ContextExt, ContextVar, WithDefault, bind, bind_fn, context_var, with_context};

use crate::common::{OnDrop, drive, poll_once};
use ends::{at_the_end, to_the_end_of_a_thread};

#[context_var]
static NAME: String = "nobody".to_owned();
#[context_var]
static NUMBER: u32;
#[context_var]
static READS_AT_DEATH: OnDrop<Box<dyn FnMut() + Send + Sync>>;

/// Makes this thread use whatever thread-locals the crate has.
fn touch() {
    Context::new().run(|| {
        drop(NAME.set("touched".to_owned()));
        drop(READS_AT_DEATH.set(reads_at_death(|_| ())));
        NAME.with(|_| drop(Context::current()));
        let _ = poll_once(pin!(handler()));
    });
}

/// A value that reads, tries to write and takes a snapshot when it dies, and tells what it has read.
fn reads_at_death(
    mut tell: impl FnMut(&'static str) + Send + Sync + 'static,
) -> OnDrop<Box<dyn FnMut() + Send + Sync>> {
    OnDrop(Box::new(move || {
        let mut name = "somebody";
        if NAME.with(|value| value == "nobody") {
            name = "nobody";
        }
        let _ = (NUMBER.try_set(1), Context::current().len());
        NUMBER.sync_scope(2, || drop(NAME.get()));
        tell(name);
    }))
}

#[with_context]
async fn handler() -> String {
    NAME.set("handler".to_owned());
    crate::common::yield_now().await;
    NAME.get()
}

/// R10, Cases 285, T18
#[test]
fn reads_at_the_end_of_a_thread() {
    to_the_end_of_a_thread(
        "reads_at_the_end_of_a_thread",
        "nobody nobody None None (false, None, true)",
        |log| {
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
        },
    );
}

/// R10: a default that nobody has needed before, which needs another.
#[test]
fn defaults_are_evaluated_at_the_end_of_a_thread() {
    macro_rules! unneeded {
        ($($name:ident)*) => {{
            $(#[context_var] static $name: String = {
                #[context_var]
                static NEEDED_BY_IT: usize = Context::current().len();

                format!("{} others", NEEDED_BY_IT.get())
            };)*
            [$(&$name),*]
        }};
    }

    static UNNEEDED: [&ContextVar<String, WithDefault>; 10] = unneeded!(A B C D E F G H I J);
    static NEXT: AtomicUsize = AtomicUsize::new(0);

    to_the_end_of_a_thread("defaults_are_evaluated_at_the_end_of_a_thread", "0 others", |log| {
        at_the_end(move || log.push(UNNEEDED[NEXT.fetch_add(1, Ordering::Relaxed)].get()));
    });
}

/// R10, Cases 285, T18
#[test]
fn writes_at_the_end_of_a_thread() {
    to_the_end_of_a_thread("writes_at_the_end_of_a_thread", "true true true true", |log| {
        at_the_end(move || {
            log.push(NAME.try_set("late".to_owned()).is_err().to_string());
            log.push(NAME.try_unset().is_err().to_string());
            for panics in [|| drop(NUMBER.set(1)), || drop(NUMBER.unset())] {
                log.push(catch_unwind(panics).is_err().to_string());
            }
        });
    });
}

/// R10, Cases 285, T18
#[test]
fn snapshots_and_entries_at_the_end_of_a_thread() {
    to_the_end_of_a_thread(
        "snapshots_and_entries_at_the_end_of_a_thread",
        "0 Some(1) late late nobody Some(1) calm",
        |log| {
            at_the_end(move || {
                log.push(Context::current().len().to_string());
                let mut context = Context::new().with(&NUMBER, 1);
                log.push(format!("{:?}", context.get(&NUMBER)));
                context.run(|| drop(NAME.set("late".to_owned())));
                log.push(context.clone().run(|| NAME.get()));
                log.push(NAME.sync_scope("late".to_owned(), || NAME.get()));
                log.push(bind(|| NAME.get())());
                log.push(format!("{:?}", context.run(|| bind_fn(|| NUMBER.get()))()));
                let _ = format!("{context:#?} {NAME:?}");
                let panics = AssertUnwindSafe(|| context.run(|| NUMBER.sync_scope(2, || panic!("expected"))));
                catch_unwind(panics).expect_err("it panics");
                log.push("calm".to_owned());
            });
        },
    );
}

/// R10, R8: everything that has a stack or a list of its own.
#[test]
fn loans_tokens_and_displaced_values_at_the_end_of_a_thread() {
    to_the_end_of_a_thread(
        "loans_tokens_and_displaced_values_at_the_end_of_a_thread",
        "somebody first nobody true nobody",
        |log| {
            at_the_end(move || {
                let foreign = Context::new().run(|| NUMBER.set(1));
                Context::new().run(|| {
                    let tells = log.clone();
                    READS_AT_DEATH.set(reads_at_death(move |name| tells.push(name.to_owned())));
                    let token = NAME.set("first".to_owned());
                    READS_AT_DEATH.unset();
                    NAME.with(|first| {
                        drop(NAME.set("second".to_owned()).guard());
                        drop(NAME.set("third".to_owned()));
                        NAME.with(|_| drop(NAME.unset()));
                        log.push(first.clone());
                    });
                    NAME.reset(token).expect("its own token");
                    log.push(NAME.get());
                    log.push(NUMBER.reset(foreign).is_err().to_string());
                });
                drop(READS_AT_DEATH.try_set(reads_at_death(move |name| log.push(name.to_owned()))));
            });
        },
    );
}

/// R10, Case T19
#[test]
fn polls_at_the_end_of_a_thread() {
    to_the_end_of_a_thread(
        "polls_at_the_end_of_a_thread",
        "handler handler late nobody nobody scope",
        |log| {
            let mut begun = Box::pin(handler());
            assert!(poll_once(begun.as_mut()).is_pending());
            at_the_end(move || {
                let made: [Pin<Box<dyn Future<Output = String>>>; 6] = [
                    begun,
                    Box::pin(handler()),
                    Box::pin(NAME.scope("late".to_owned(), async { NAME.get() })),
                    Box::pin(async { NAME.get() }.in_current_context()),
                    Box::pin(async { NAME.get() }.in_context(Context::new())),
                    Box::pin(NAME.scope("scope".to_owned(), annotated_read())),
                ];
                for future in made {
                    log.push(drive(future));
                }
                let mut cancelled = Box::pin(handler());
                assert!(poll_once(cancelled.as_mut()).is_pending());
            });
        },
    );
}

#[with_context]
async fn annotated_read() -> String {
    NAME.get()
}

/// R10, Case 287: another thread is the last word.
#[test]
fn a_thread_spawned_at_the_end_of_a_thread() {
    to_the_end_of_a_thread(
        "a_thread_spawned_at_the_end_of_a_thread",
        "late handler nobody",
        |log| {
            at_the_end(move || {
                let bound = NAME.sync_scope("late".to_owned(), || thread::spawn(bind(|| NAME.get())));
                log.push(bound.join().expect("no panic"));
                let future = handler();
                log.push(thread::spawn(|| drive(future)).join().expect("no panic"));
                log.push(thread::spawn(|| NAME.get()).join().expect("no panic"));
            });
        },
    );
}
