//! R13: what an application carries crosses with the task.

use std::cell::Cell;
use std::future::pending;
use std::sync::mpsc;

use contextvars::{Ambient, carry};
use futures::FutureExt;
use tokio::task::yield_now;

use crate::common::OnDrop;
use crate::ways::{of_closures, of_futures, on_each_runtime};

thread_local! {
    static LOCALE: Cell<Option<&'static str>> = const { Cell::new(None) };
}

struct Locale(&'static str);

impl Ambient for Locale {
    fn capture() -> Option<Self> {
        LOCALE.get().map(Self)
    }

    fn is_present() -> bool {
        LOCALE.get().is_some()
    }

    fn within(&self, f: &mut dyn FnMut()) {
        with_locale(self.0, f);
    }
}

fn with_locale<R>(locale: &'static str, f: impl FnOnce() -> R) -> R {
    let before = LOCALE.replace(Some(locale));
    let _restore = OnDrop(|| LOCALE.set(before));
    f()
}

#[test]
fn every_task_has_what_its_spawner_had() {
    carry::<Locale>();
    on_each_runtime(async |set| {
        for (way, spawn) in of_futures() {
            let task = async {
                let before = LOCALE.get();
                yield_now().await;
                (before, LOCALE.get())
            };
            let task = with_locale("cs", || spawn(task.boxed(), set));
            assert_eq!(task.joined.await.unwrap(), (Some("cs"), Some("cs")), "{way}");
            let none = spawn(async { (LOCALE.get(), None) }.boxed(), set);
            assert_eq!(none.joined.await.unwrap(), (None, None), "{way}");
        }
        for (way, spawn) in of_closures() {
            let task = with_locale("cs", || spawn(Box::new(|| LOCALE.get()), set));
            assert_eq!(task.joined.await.unwrap(), Some("cs"), "{way}");
        }
        assert_eq!(LOCALE.get(), None);
    });
}

/// Also when it is aborted.
#[test]
fn an_aborted_task_is_dropped_with_it() {
    carry::<Locale>();
    on_each_runtime(async |set| {
        for (way, spawn) in of_futures::<()>() {
            let (sender, seen) = mpsc::channel();
            let witness = OnDrop(move || sender.send(LOCALE.get()).expect("the test waits"));
            let task = async {
                let _witness = witness;
                pending::<()>().await;
            };
            let task = with_locale("cs", || spawn(task.boxed(), set));
            yield_now().await;
            task.abort.abort();
            assert!(task.joined.await.unwrap_err().is_cancelled(), "{way}");
            assert_eq!(seen.recv(), Ok(Some("cs")), "{way}");
        }
    });
}
