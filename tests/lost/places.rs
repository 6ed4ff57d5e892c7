//! The place is that of the call, in whatever way it is made.

use contextvars::lost::Attempt::{Read, ReadDefault, Write};
use contextvars::lost::Watch;
use contextvars::{Context, ContextVar, Kind};

use super::{TENANT, USER, seen};

fn generic<D: Kind>(var: &'static ContextVar<u32, D>) -> Option<u32> {
    var.try_get()
}
const IN_GENERIC: u32 = line!() - 2;

#[track_caller]
fn user_of_my_caller() -> Option<&'static str> {
    USER.get()
}

#[test]
fn of_each_read() {
    let watch = Watch::this_thread();
    let first = line!() + 1;
    let _ = USER.get();
    USER.with(|user| assert_eq!(user, None));
    let _ = USER.try_get();
    USER.try_with(|user| assert_eq!(user, None));
    let _ = TENANT.get();
    TENANT.with(|tenant| assert_eq!(*tenant, 7));
    let _ = TENANT.try_get();
    TENANT.try_with(|tenant| assert_eq!(tenant, Some(&7)));
    let expected = [
        Read,
        Read,
        Read,
        Read,
        ReadDefault,
        ReadDefault,
        ReadDefault,
        ReadDefault,
    ];
    let lines = (first..).zip(expected).map(|(line, attempt)| {
        let name = if attempt == Read { "USER" } else { "TENANT" };
        (name, attempt, line, 1)
    });
    assert_eq!(seen(&watch), lines.collect::<Vec<_>>());
    let rows = watch.reports();
    assert!(
        rows.iter()
            .all(|row| row.report().place().file().ends_with("places.rs"))
    );
    assert!(rows.iter().all(|row| !row.report().is_in_context()));
}

#[test]
fn of_each_write() {
    let mut context = Context::new();
    let tokens: Vec<_> = context.run(|| [USER.set("alice"), USER.set("bob")].into());
    let mut tokens = tokens.into_iter();
    let mut token = || tokens.next().expect("two");
    let watch = Watch::this_thread();
    let first = line!() + 1;
    drop(USER.try_set("alice"));
    drop(USER.try_unset());
    drop(USER.reset(token()));
    drop(std::panic::catch_unwind(|| USER.set("alice")));
    drop(std::panic::catch_unwind(|| USER.unset()));
    let lines: Vec<_> = (first..first + 5).map(|line| ("USER", Write, line, 1)).collect();
    assert_eq!(seen(&watch), lines);
}

#[test]
fn of_the_closure_that_reads() {
    let watch = Watch::this_thread();
    let read = || USER.get(); // here
    let line = line!() - 1;
    let _ = [(); 3].map(|()| read());
    assert_eq!(seen(&watch), [("USER", Read, line, 3)]);
}

#[test]
fn of_the_caller_where_that_is_tracked_and_of_generic_code_where_not() {
    let watch = Watch::this_thread();
    let _ = user_of_my_caller();
    let line = line!() - 1;
    let _ = generic(&TENANT);
    assert_eq!(
        seen(&watch),
        [("TENANT", ReadDefault, IN_GENERIC, 1), ("USER", Read, line, 1)]
    );
}

#[test]
fn of_a_task_that_is_spawned_bare_and_of_a_thread() {
    async fn audit() -> Option<&'static str> {
        tokio::task::yield_now().await;
        USER.get() // here
    }
    let line = line!() - 2;

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let watch = Watch::this_thread();
    runtime.block_on(USER.scope("alice", async {
        assert_eq!(USER.get(), Some("alice"));
        assert_eq!(audit().await, Some("alice"));
        assert_eq!(tokio::spawn(audit()).await.unwrap(), None);
    }));
    assert_eq!(seen(&watch), [("USER", Read, line, 1)]);
    assert_eq!(watch.reports()[0].report().thread().id(), std::thread::current().id());
}

/// A variable of its own, since this watch sees the other tests.
#[test]
fn of_every_thread() {
    #[contextvars::context_var]
    static JOB: u32;

    let watch = Watch::new();
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let thread = std::thread::Builder::new().name(format!("worker {number}"));
            thread.spawn(|| JOB.get()).unwrap()
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), None);
    }
    let rows = watch.reports();
    let [row] = &rows.iter().filter(|row| row.report().is_of(&JOB)).collect::<Vec<_>>()[..] else {
        panic!("{rows:?}")
    };
    assert_eq!(row.times(), 4);
    assert!(row.report().thread().name().unwrap().starts_with("worker "));
}

/// What is not sent because the task was spawned bare is missed like any other read. A default is never sent, and so it
/// does not make up for it.
#[cfg(feature = "baggage")]
#[test]
fn of_what_was_to_be_sent() {
    use contextvars::baggage::Baggage;

    let from_text = |text: &str| Err::<&'static str, _>(text.to_owned());
    let baggage = Baggage::new()
        .with_codec("user", &USER, |user| (*user).to_owned(), from_text)
        .with("tenant", &TENANT);
    let watch = Watch::this_thread();
    let mut headers = Vec::<(String, String)>::new();
    baggage.inject(&mut headers);
    let line = line!() - 1;
    assert!(headers.is_empty());
    let mut missed = seen(&watch);
    missed.sort_by_key(|(name, ..)| *name);
    assert_eq!(missed, [("TENANT", Read, line, 1), ("USER", Read, line, 1)]);

    Context::new().run(|| baggage.inject(&mut headers));
    drop(baggage.extract(&headers));
    assert_eq!(watch.reports().len(), 2);
}
