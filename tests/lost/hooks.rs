//! Hooks come and go, may do what they like, and panic.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Weak};
use std::thread;

use contextvars::lost::{self, Attempt, Hook, Watch};
use contextvars::{Context, context_var};

use super::counting::at_each_allocation;
use super::{TENANT, USER};

/// A hook that is called for this thread alone.
fn here(hook: impl Fn(&lost::Report) + Send + Sync + 'static) -> Hook {
    let me = thread::current().id();
    lost::on(move |report| {
        if thread::current().id() == me {
            hook(report);
        }
    })
}

#[test]
fn are_called_in_their_order_until_they_are_dropped() {
    let called = Arc::new(Mutex::new(Vec::new()));
    let add = |name: &'static str| {
        let called = called.clone();
        here(move |_| called.lock().unwrap().push(name))
    };
    let take = || std::mem::take(&mut *called.lock().unwrap());
    let (first, second) = (add("first"), add("second"));
    let _ = USER.get();
    assert_eq!(take(), ["first", "second"]);
    drop(first);
    let third = add("third");
    let _ = USER.get();
    assert_eq!(take(), ["second", "third"]);
    drop((second, third));
    let _ = USER.get();
    assert!(take().is_empty());
}

/// What they read is not reported; they don't recurse. And they are under no lock: they may add and drop hooks.
#[test]
fn may_read_and_write_variables_and_change_the_hooks() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let hook = here(move |_| {
        counted.fetch_add(1, Relaxed);
        assert_eq!((USER.get(), TENANT.get()), (None, 7));
        assert!(USER.try_set("mallory").is_err());
        assert_eq!(USER.sync_scope("alice", || USER.get()), Some("alice"));
        let _ = thread::spawn(|| TENANT.get()).join();
        drop(lost::on(|_| ()));
    });
    assert_eq!(USER.get(), None);
    assert!(USER.try_set("alice").is_err());
    assert_eq!(calls.load(Relaxed), 2);
    drop(hook);
}

/// A hook that sets the variable which is missed: the read that it was called for is over already.
#[test]
fn may_set_what_is_required() {
    #[context_var(required)]
    static ACCOUNT: u32;

    let hook = here(|report| {
        if report.is_of(&ACCOUNT) {
            ACCOUNT.set(1);
        }
    });
    Context::new().run(|| {
        assert_eq!(ACCOUNT.get(), None);
        assert_eq!(ACCOUNT.get(), Some(1));
    });
    drop(hook);
}

#[test]
fn that_panic_fail_the_very_line() {
    let hook = here(|report| panic!("{report}"));
    let line = line!() + 1;
    let panic = panic::catch_unwind(|| USER.get()).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains(&format!("hooks.rs:{line}:")), "{message}");
    assert!(panic::catch_unwind(|| TENANT.get()).is_err(), "it is told again");
    let value = Arc::new(());
    let write = panic::catch_unwind(AssertUnwindSafe(|| {
        #[context_var]
        static VALUE: Arc<()>;
        drop(VALUE.try_set(value.clone()));
    }));
    assert!(write.is_err());
    assert_eq!(Arc::strong_count(&value), 1);
    drop(hook);
    assert_eq!(TENANT.get(), 7);
}

/// What a hook holds is dropped with it: outside the lock, since it may read, too.
#[test]
fn are_dropped_when_they_are_removed() {
    struct Reads(Arc<AtomicBool>);
    impl Drop for Reads {
        fn drop(&mut self) {
            drop(lost::on(|_| ()));
            self.0.store(USER.get().is_none(), Relaxed);
        }
    }

    let is_dropped = Arc::new(AtomicBool::new(false));
    let reads = Reads(is_dropped.clone());
    let hook = here(move |_| assert!(!reads.0.load(Relaxed)));
    let _ = USER.get();
    assert!(!is_dropped.load(Relaxed));
    drop(hook);
    assert!(is_dropped.load(Relaxed));
}

/// A hook that drops itself.
#[test]
fn may_remove_themselves() {
    let slot: Arc<Mutex<Option<Hook>>> = Arc::default();
    let calls = Arc::new(AtomicUsize::new(0));
    let (own, counted): (Weak<_>, _) = (Arc::downgrade(&slot), calls.clone());
    let hook = here(move |_| {
        counted.fetch_add(1, Relaxed);
        let hook = own.upgrade().and_then(|own| own.lock().unwrap().take());
        drop(hook);
    });
    *slot.lock().unwrap() = Some(hook);
    let _ = (USER.get(), USER.get());
    assert_eq!(calls.load(Relaxed), 1);
}

#[test]
fn come_and_go_while_others_read() {
    #[context_var]
    static BUSY: u32;

    let watch = Watch::new();
    let is_over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let is_over = is_over.clone();
            thread::spawn(move || {
                while !is_over.load(Relaxed) {
                    assert_eq!(BUSY.get(), None);
                }
            })
        })
        .collect();
    let busy = || {
        watch
            .reports()
            .into_iter()
            .filter(|row| row.report().is_of(&BUSY))
            .count()
    };
    while busy() == 0 {
        thread::yield_now();
    }
    for _ in 0..500 {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        let hook = lost::on(move |report| {
            if report.is_of(&BUSY) {
                assert_eq!(report.attempt(), Attempt::Read);
                counted.fetch_add(1, Relaxed);
            }
        });
        assert_eq!(BUSY.get(), None);
        assert!(calls.load(Relaxed) > 0);
        drop(hook);
    }
    is_over.store(true, Relaxed);
    for reader in readers {
        reader.join().unwrap();
    }
    assert_eq!(busy(), 2);
}

/// An allocator that reads, while the list of hooks or a watch is locked, waits for no lock.
#[test]
fn and_an_allocator_that_reads() {
    at_each_allocation(
        || assert_eq!(USER.get(), None),
        || {
            let watch = Watch::this_thread();
            let hook = here(|report| drop(report.to_string()));
            assert_eq!(TENANT.get(), 7);
            assert!(!watch.reports().is_empty());
            drop(hook);
            drop(watch);
        },
    );
}

/// R10: also in the destructor of a thread-local.
#[test]
fn are_called_while_a_thread_ends() {
    #[context_var]
    static LAST: u32;

    struct AtEnd;
    impl Drop for AtEnd {
        fn drop(&mut self) {
            assert_eq!(LAST.get(), None);
        }
    }
    thread_local! {
        static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
    }

    let watch = Watch::new();
    let ends = thread::Builder::new().name("ends".to_owned());
    ends.spawn(|| AT_END.set(Some(AtEnd))).unwrap().join().unwrap();
    let rows = watch.reports();
    let row = rows
        .iter()
        .find(|row| row.report().is_of(&LAST))
        .expect("it is reported");
    assert_eq!(row.report().thread().name(), Some("ends"));
}

#[test]
fn of_a_watch_that_is_dropped_collect_no_more_and_its_table_is_aligned() {
    let watch = Watch::this_thread();
    for _ in 0..12 {
        let _ = USER.get();
    }
    let _ = TENANT.get();
    let line = line!() - 3;
    let panic = panic::catch_unwind(AssertUnwindSafe(|| watch.assert_none())).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines[0], "context is lost in 2 places:");
    let place = |number: usize, row: &str| {
        let [head, line] = [lines[1], lines[number]];
        assert!(line.contains(row), "{message}");
        let start = |line: &str, word: &str| line.find(word).unwrap();
        assert_eq!(start(head, "variable"), start(line, &row[..4]), "{message}");
    };
    assert!(lines[2].contains(&format!("hooks.rs:{line}:")), "{message}");
    place(2, "USER      read, no value        12  ");
    place(3, "TENANT    read, its default      1  ");
    assert_eq!(lines.len(), 5, "{message}");
}
