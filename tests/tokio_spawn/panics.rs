//! The panics are tokio's, and name the line of the caller.

use contextvars::context_var;
use contextvars::tokio::{JoinSet, spawn, spawn_blocking, spawn_local};

use crate::common::{Panicked, panic_of};

#[context_var]
static USER: &'static str = "nobody";

#[test]
fn outside_of_a_runtime() {
    let names_the_caller = |message: &str, panic: Panicked| {
        assert!(panic.message.contains(message), "{}", panic.message);
        assert_eq!(panic.file, file!(), "{message}");
    };
    let runtime = |panic| names_the_caller("there is no reactor running", panic);
    runtime(panic_of(|| spawn(async {})));
    runtime(panic_of(|| spawn_blocking(|| ())));
    runtime(panic_of(|| JoinSet::new().spawn(async {})));
    runtime(panic_of(|| JoinSet::new().spawn_blocking(|| ())));
    runtime(panic_of(|| JoinSet::from_iter([async {}])));
    runtime(panic_of(|| JoinSet::new().extend([async {}])));
    let local = |panic| names_the_caller("`spawn_local` called from outside", panic);
    local(panic_of(|| spawn_local(async {})));
    local(panic_of(|| JoinSet::new().spawn_local(async {})));
}

/// R6: a spawn that panics leaves the context as it was, and a task that panics does so too.
#[test]
fn a_panic_leaves_the_context_as_it_was() {
    USER.sync_scope("alice", || {
        panic_of(|| spawn(async {}));
        assert_eq!(USER.get(), "alice");
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let seen = runtime.block_on(async {
        let task = USER.sync_scope("alice", || {
            spawn(async { panic_of(|| panic!("expected")).message + USER.get() })
        });
        (task.await.unwrap(), USER.get())
    });
    assert_eq!(seen, ("expectedalice".to_owned(), "nobody"));
}
