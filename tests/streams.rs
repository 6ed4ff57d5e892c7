//! Streams and sinks in a context of their own, with the feature `futures`.

#![cfg(feature = "futures")]

#[path = "common/mod.rs"]
mod common;

use std::pin::{Pin, pin};
use std::task::{Context as Waking, Poll};

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::future::FusedFuture;
use futures::sink::{Sink, SinkExt};
use futures::stream::{self, BoxStream, FusedStream, Stream, StreamExt};

use common::{Log, OnDrop, drive, outside_and_inside, ready};

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static ROUND: u32 = 0;

/// Counts its own rounds in `ROUND`.
fn rounds() -> impl Stream<Item = (&'static str, u32)> + Send {
    stream::repeat_with(|| {
        ROUND.set(ROUND.get() + 1);
        (NAME.get(), ROUND.get())
    })
}

#[with_context]
fn annotated() -> impl Stream<Item = (&'static str, u32)> + Send {
    rounds()
}

#[with_context]
fn annotated_boxed() -> BoxStream<'static, (&'static str, u32)> {
    rounds().boxed()
}

/// Every way to give a stream a context of its own, made where `NAME` is "maker".
fn wrapped() -> Vec<BoxStream<'static, (&'static str, u32)>> {
    Context::new().with(&NAME, "maker").run(|| {
        let wrapped = vec![
            annotated().boxed(),
            annotated_boxed(),
            rounds().in_current_context().boxed(),
            rounds().in_context(Context::current()).boxed(),
        ];
        NAME.set("later");
        wrapped
    })
}

/// R1, R2, Cases 59, 246
#[test]
fn a_stream_keeps_its_context_between_items() {
    for mut stream in wrapped() {
        for round in 1..=5 {
            Context::new().with(&NAME, "consumer").run(|| {
                assert_eq!(ready(stream.next()), Some(("maker", round)));
                assert_eq!((NAME.get(), ROUND.get()), ("consumer", 0));
            });
        }
        assert_eq!(ready(stream.next()), Some(("maker", 6)));
        assert_eq!(
            std::thread::spawn(move || ready(stream.next()))
                .join()
                .expect("no panic"),
            Some(("maker", 7))
        );
    }
}

/// R2, Case 246: a producer that waits before each item, polled by another thread each time.
#[test]
fn a_stream_that_waits_keeps_its_context() {
    #[with_context]
    fn waits() -> impl Stream<Item = (&'static str, u32)> + Send {
        stream::unfold((), |()| async {
            ROUND.set(ROUND.get() + 1);
            common::yield_now().await;
            Some(((NAME.get(), ROUND.get()), ()))
        })
    }

    let mut stream = Context::new().with(&NAME, "maker").run(waits).boxed();
    for round in 1..=3 {
        Context::new().with(&NAME, "consumer").run(|| {
            let item = if round == 2 {
                drive(stream.next())
            } else {
                common::drive_across_threads(stream.next())
            };
            assert_eq!(item, Some(("maker", round)));
            assert_eq!((NAME.get(), ROUND.get()), ("consumer", 0));
        });
    }
}

/// R3, Case 53
#[test]
fn a_plain_stream_shares() {
    let mut stream = rounds().boxed();
    for _ in 0..2 {
        Context::new().with(&NAME, "consumer").run(|| {
            assert_eq!(ready(stream.next()), Some(("consumer", 1)));
            assert_eq!(ROUND.get(), 1);
        });
    }
}

/// Case 59: streams of streams, taking turns.
#[test]
fn streams_taking_turns_do_not_mix() {
    #[with_context]
    fn outer() -> impl Stream<Item = [u32; 2]> + Send {
        let mut inner = annotated().boxed();
        stream::repeat_with(move || {
            ROUND.set(ROUND.get() + 100);
            [ROUND.get(), ready(inner.next()).expect("endless").1]
        })
    }

    Context::new().run(|| {
        let (mut one, mut two) = (outer().boxed(), outer().boxed());
        for round in 1..=5 {
            ROUND.set(7);
            assert_eq!(ready(one.next()), Some([round * 100, round]));
            assert_eq!(ready(two.next()), Some([round * 100, round]));
            assert_eq!(ROUND.get(), 7);
        }
    });
}

/// R4: a wrapper that was made around the stream's consumer later applies.
#[test]
fn a_scope_around_the_consumer_shows_in_the_stream() {
    outside_and_inside(|| {
        let consumer = annotated().take(2).collect::<Vec<_>>();
        assert_eq!(drive(NAME.scope("scope", consumer)), [("scope", 1), ("scope", 2)]);
    });
    let mut strangers = wrapped();
    for stream in &mut strangers {
        assert_eq!(ready(NAME.scope("stranger", stream.next())), Some(("maker", 1)));
    }
}

/// Cases 246, T28: buffered work sees its own producer.
#[test]
fn buffered_futures_keep_their_own() {
    #[with_context]
    async fn job(number: u32) -> bool {
        ROUND.set(number);
        common::yield_now().await;
        ROUND.get() == number
    }

    Context::new().run(|| {
        let all = stream::iter(0..50).map(job).buffer_unordered(7).collect::<Vec<_>>();
        assert!(drive(all).into_iter().all(|kept| kept));
        assert_eq!(ROUND.get(), 0);
    });
}

/// R7
#[test]
fn a_stream_is_dropped_in_its_context() {
    struct Probe<F: FnMut()>(OnDrop<F>);

    impl<F: FnMut()> Stream for Probe<F> {
        type Item = ();

        fn poll_next(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Option<()>> {
            Poll::Ready(None)
        }
    }

    let log = Log::new();
    let probe = || {
        let log = log.clone();
        Probe(OnDrop(move || log.push(NAME.get()))).in_context(Context::new().with(&NAME, "own"))
    };
    NAME.sync_scope("dropper", || {
        drop(probe());
        assert_eq!(log.take(), ["own"], "never polled");
        let mut ended = Box::pin(probe());
        assert_eq!(ready(ended.next()), None);
        drop(ended);
        assert_eq!(log.take(), ["own"], "ended");
    });
}

/// A wrapper tells what the stream or future inside tells.
#[test]
fn fusedness_and_size_hints_pass_through() {
    let mut stream = pin!(stream::iter([1, 2]).fuse().in_current_context());
    assert_eq!((stream.size_hint(), stream.is_terminated()), ((2, Some(2)), false));
    assert_eq!(
        [ready(stream.next()), ready(stream.next()), ready(stream.next())],
        [Some(1), Some(2), None]
    );
    assert!(stream.is_terminated());
    assert_eq!(ready(stream.next()), None, "fused");

    let mut future = pin!(futures::FutureExt::fuse(async { 1 }).in_current_context());
    assert!(!future.is_terminated());
    assert_eq!(ready(future.as_mut()), 1);
    assert!(future.is_terminated());
}

/// A sink's methods all run in the context, and its writes stay there.
#[test]
fn a_sink_runs_in_its_context() {
    struct Writes(Log<(&'static str, u32)>);

    impl Writes {
        fn write(&self) {
            ROUND.set(ROUND.get() + 1);
            self.0.push((NAME.get(), ROUND.get()));
        }
    }

    impl Sink<()> for Writes {
        type Error = ();

        fn poll_ready(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Result<(), ()>> {
            self.write();
            Poll::Ready(Ok(()))
        }

        fn start_send(self: Pin<&mut Self>, (): ()) -> Result<(), ()> {
            self.write();
            Ok(())
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Result<(), ()>> {
            self.write();
            Poll::Ready(Ok(()))
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Result<(), ()>> {
            self.write();
            Poll::Ready(Ok(()))
        }
    }

    let log = Log::new();
    let mut sink = Writes(log.clone()).in_context(Context::new().with(&NAME, "sink"));
    outside_and_inside(|| assert_eq!((NAME.get(), ROUND.get()), ("nobody", 0)));
    Context::new().with(&NAME, "sender").run(|| {
        assert_eq!(ready(sink.send(())), Ok(()));
        assert_eq!(ready(sink.close()), Ok(()));
        assert_eq!(ROUND.get(), 0);
    });
    assert_eq!(log.take(), [("sink", 1), ("sink", 2), ("sink", 3), ("sink", 4)]);
}
