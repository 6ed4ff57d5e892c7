//! A panic hook that prints the context of what panicked, as the guide has it. The hook is the process's, so is this binary.

use contextvars::{Context, ContextExt, bind, context_var, with_context};
use std::cell::RefCell;
use std::fmt;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use std::thread;

#[context_var]
static USER: &'static str;
#[context_var]
static REQUEST_ID: u64;
#[context_var(local)]
static TRANSACTION: u32;

/// What the hook has printed: the panic's message, and the context.
static PRINTED: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// A context that the hook prints as well, for panics whose message begins with "kept".
static KEPT: OnceLock<Context> = OnceLock::new();

fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        panic::set_hook(Box::new(|info| {
            let message = match info.payload().downcast_ref::<String>() {
                Some(message) => message,
                None => info.payload().downcast_ref::<&str>().copied().unwrap_or_default(),
            };
            let shown = match KEPT.get() {
                Some(kept) if message.starts_with("kept") => format!("{kept:#?}"),
                _ => format!("{:#?}", Context::current()),
            };
            let mut printed = PRINTED.lock().unwrap_or_else(PoisonError::into_inner);
            eprintln!("{info}\n{shown}");
            printed.push((message.to_owned(), shown));
        }));
    });
}

/// What the hook has printed for the panic with this message.
#[track_caller]
fn printed(message: &str) -> String {
    let printed = PRINTED.lock().expect("no panic while it is held");
    let found: Vec<_> = printed.iter().filter(|(of, _)| of == message).collect();
    let [(_, shown)] = found[..] else {
        panic!("{message} is in {printed:?}")
    };
    shown.clone()
}

/// In the poll of an annotated fn, of a scope, and of a plain fn that shares.
#[tokio::test(flavor = "multi_thread")]
async fn the_context_of_a_task_that_panics() {
    async fn plain(message: &'static str) {
        tokio::task::yield_now().await;
        panic!("{message}");
    }
    #[with_context(USER = "alice", TRANSACTION = 3)]
    async fn request() {
        plain("in a poll").await;
    }

    install();
    assert!(tokio::spawn(request()).await.unwrap_err().is_panic());
    let shown = printed("in a poll");
    assert!(shown.contains("USER         \"alice\"  tests"), "{shown}");
    assert!(shown.contains("TRANSACTION  3        tests"), "{shown}");

    let scope = REQUEST_ID.scope(7, plain("in a scope"));
    assert!(tokio::spawn(scope).await.unwrap_err().is_panic());
    assert!(printed("in a scope").contains("REQUEST_ID  7  tests"));

    let wrapped = USER.sync_scope("bob", || plain("in a wrapped future").in_current_context());
    assert!(tokio::spawn(wrapped).await.unwrap_err().is_panic());
    assert!(printed("in a wrapped future").contains("\"bob\""));

    assert!(tokio::spawn(plain("in a bare task")).await.unwrap_err().is_panic());
    assert_eq!(printed("in a bare task"), "Context {}");
}

/// In a closure, on a blocking thread, and in `Context::run`.
#[tokio::test]
async fn the_context_of_a_closure_that_panics() {
    install();
    let bound = USER.sync_scope("alice", || bind(|| panic!("in a blocking job")));
    assert!(tokio::task::spawn_blocking(bound).await.unwrap_err().is_panic());
    assert!(printed("in a blocking job").contains("USER  \"alice\"  tests"));

    let mut context = Context::new().with(&USER, "bob");
    let ran = catch_unwind(AssertUnwindSafe(|| context.run(|| panic!("in a run"))));
    assert!(ran.is_err());
    assert!(printed("in a run").contains("\"bob\""));
    assert_eq!(Context::current().len(), 0);
}

/// While the thread unwinds, each destructor sees the context of what it belongs to.
#[test]
fn the_context_while_a_thread_unwinds() {
    struct Looks(Arc<Mutex<Vec<String>>>);

    impl Drop for Looks {
        fn drop(&mut self) {
            assert!(thread::panicking());
            let seen = format!("{:?} {:#?}", Context::current(), Context::current());
            self.0.lock().unwrap().push(seen);
        }
    }

    install();
    let seen = Arc::default();
    let outer = Looks(Arc::clone(&seen));
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let _outer = outer;
        USER.sync_scope("alice", || {
            let _inner = Looks(Arc::clone(&seen));
            panic!("with destructors");
        })
    }));
    assert!(ran.is_err());
    let seen = seen.lock().unwrap();
    assert!(seen[0].starts_with("Context { USER: \"alice\" } Context {\n    USER  \"alice\"  tests"));
    assert_eq!(seen[1..], ["Context Context {}"]);
}

/// R10: there is no context there, and a snapshot that was kept is whole.
#[test]
fn the_context_in_the_destructor_of_a_thread_local() {
    struct Panics(Context);

    impl Drop for Panics {
        fn drop(&mut self) {
            assert!(Context::current().is_empty());
            let ran = catch_unwind(AssertUnwindSafe(|| self.0.run(|| panic!("at the thread's end"))));
            assert!(ran.is_err());
        }
    }
    thread_local! {
        static LAST: RefCell<Option<Panics>> = const { RefCell::new(None) };
    }

    install();
    let context = Context::new().with(&USER, "alice");
    let thread = thread::spawn(|| LAST.set(Some(Panics(context))));
    thread.join().unwrap();
    assert!(printed("at the thread's end").contains("USER  \"alice\"  tests"));
}

/// Such a panic would abort the process, as `{:?}` shows. The hook is called for it, on a thread with an empty context.
#[test]
fn a_debug_that_panics_does_not_abort_in_a_hook() {
    struct Panics;

    impl fmt::Debug for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in a Debug");
        }
    }
    struct Reads;

    impl fmt::Debug for Reads {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            USER.set("nobody else sees it");
            write!(f, "reads {:?}", REQUEST_ID.get())
        }
    }
    #[context_var]
    static PANICS: Panics;
    #[context_var]
    static READS: Reads;

    install();
    let mut context = Context::new()
        .with(&PANICS, Panics)
        .with(&READS, Reads)
        .with(&REQUEST_ID, 7);
    let ran = catch_unwind(AssertUnwindSafe(|| context.run(|| panic!("with a bad value"))));
    assert!(ran.is_err());
    let shown = printed("with a bad value");
    assert!(shown.contains("PANICS      <its Debug panicked>  tests"), "{shown}");
    assert!(shown.contains("READS       reads None            tests"), "{shown}");
    assert!(shown.contains("REQUEST_ID  7                     tests"), "{shown}");
    assert_eq!(printed("in a Debug"), "Context {}");
    assert!(!context.contains(&USER));

    // Elsewhere it is a panic like any other.
    PRINTED.lock().unwrap().retain(|(message, _)| message != "in a Debug");
    assert!(catch_unwind(|| format!("{context:#?}")).is_err());
}

/// A hook may show what makes it be called again: it is called for that once, and not for ever.
#[test]
fn a_debug_that_panics_calls_the_hook_once() {
    struct Panics;

    impl fmt::Debug for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("kept, by its Debug");
        }
    }
    #[context_var]
    static PANICS: Panics;

    install();
    KEPT.set(Context::new().with(&PANICS, Panics)).unwrap();
    assert!(catch_unwind(|| panic!("kept")).is_err());
    assert!(printed("kept").contains("PANICS  <its Debug panicked>  tests"));
    assert!(printed("kept, by its Debug").contains("PANICS  <not shown>  tests"));
}

/// A lock that is held at the panic is held while the hook runs.
#[test]
fn a_debug_that_waits_for_the_panicking_code_is_not_waited_for() {
    struct Locks(Arc<Mutex<u32>>);

    impl fmt::Debug for Locks {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            write!(f, "{locked}")
        }
    }
    #[context_var]
    static BEFORE: u32;
    #[context_var]
    static LOCKS: Locks;

    install();
    let lock = Arc::new(Mutex::new(7));
    let mut context = Context::new().with(&LOCKS, Locks(lock.clone())).with(&BEFORE, 1);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let _locked = lock.lock().unwrap();
        context.run(|| panic!("with a lock held"));
    }));
    assert!(ran.is_err());
    let shown = printed("with a lock held");
    assert!(shown.contains("BEFORE  1            tests"), "{shown}");
    assert!(shown.contains("LOCKS   <not shown>  tests"), "{shown}");
    assert!(format!("{context:#?}").contains("LOCKS   7  tests"));
}
