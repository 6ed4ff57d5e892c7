//! Ten thousand futures in each other, threads that end, and a thread for each poll.

use std::cell::RefCell;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use contextvars::{ContextExt, with_context};

use crate::common::{drive, drive_across_threads, poll_once, quiet_expected_panics, yield_now};
use crate::script::{BoxedFuture, MAKES, Script, is_clean, scripted};
use crate::tag::{holders, tag, tagged, tagged_with};

/// R13
#[test]
fn ten_thousand_deep() {
    fn deep<'a>(depth: u32, wrapped: bool) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>> {
        #[with_context]
        async fn annotated(depth: u32) -> u32 {
            if depth == 0 {
                assert_eq!(tag(), Some("captured"));
                yield_now().await;
                assert_eq!(tag(), Some("captured"));
                return 0;
            }
            deep(depth - 1, depth % 2 == 0).await + 1
        }
        if wrapped {
            return Box::pin(async move { annotated(depth).await }.in_current_context());
        }
        Box::pin(annotated(depth))
    }
    let deeply = || {
        let depth = 10_000;
        let future = tagged("captured", || deep(depth, false));
        assert_eq!(drive(future), depth);
        let mut future = tagged("captured", || deep(depth, false));
        assert!(poll_once(future.as_mut()).is_pending());
        drop(future);
        is_clean();
    };
    let thread = thread::Builder::new()
        .stack_size(1 << 30)
        .spawn(deeply)
        .expect("a thread");
    thread.join().expect("no panic");
}

/// R10, R13: thread-locals that are gone or not, and more than one future among them.
#[test]
fn while_a_thread_ends_and_after_a_panic() {
    thread_local! {
        static FIRST: RefCell<Vec<BoxedFuture>> = const { RefCell::new(Vec::new()) };
        static LAST: RefCell<Vec<BoxedFuture>> = const { RefCell::new(Vec::new()) };
    }
    quiet_expected_panics();
    for is_panicking in [false, true] {
        let (held, argument) = (Arc::new(()), Arc::new(()));
        let script: Script = Arc::new(|_| {});
        let make = || -> Vec<BoxedFuture> {
            MAKES
                .iter()
                .map(|(_, make)| tagged_with(&held, "captured", || scripted(&script, || make(Arc::clone(&argument)))))
                .collect()
        };
        let (first, second, third, last) = (make(), make(), make(), make());
        let ended = thread::spawn(move || {
            FIRST.with_borrow_mut(|_| {});
            let poll = |mut futures: Vec<BoxedFuture>| {
                for future in &mut futures {
                    assert!(poll_once(future.as_mut()).is_pending());
                }
                futures
            };
            let (first, third) = (poll(first), poll(third));
            is_clean();
            FIRST.set(first.into_iter().chain(second).collect());
            LAST.set(third.into_iter().chain(last).collect());
            assert!(!is_panicking, "expected");
        })
        .join();
        assert_eq!(ended.is_err(), is_panicking);
        assert_eq!(Arc::strong_count(&argument), 1);
        assert_eq!(holders(&held), 0);
    }
}

/// R13: each poll on another thread, some of which have something.
#[test]
fn moved_at_each_poll() {
    for (way, make) in MAKES {
        let (held, argument) = (Arc::new(()), Arc::new(()));
        let future = tagged_with(&held, "captured", || make(Arc::clone(&argument)));
        let done = drive_across_threads(async move {
            let mut future = future;
            let mut polls = 0;
            future::poll_fn(move |waking| {
                polls += 1;
                let poll = if polls % 2 == 0 {
                    tagged("thread's", || future.as_mut().poll(waking))
                } else {
                    future.as_mut().poll(waking)
                };
                is_clean();
                poll
            })
            .await
        });
        assert_eq!(done, "inside", "{way}");
        assert_eq!(Arc::strong_count(&argument), 1, "{way}");
        assert_eq!(holders(&held), 0, "{way}");
    }
}
