//! Closures whose result is a future: it goes on in the context of the call that has made it, under the attribute and in
//! `bind!` alike.

use crate::{USER, run};
use contextvars::{bind, with_context};
use futures::future::{BoxFuture, FutureExt, LocalBoxFuture, Ready, ready};
use futures::stream::{BoxStream, StreamExt};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use tokio::task::yield_now;

type Seen = (u8, &'static str);
type Handler = Box<dyn Fn(u8) -> BoxFuture<'static, Seen> + Send + Sync>;

async fn plain(n: u8) -> Seen {
    yield_now().await;
    (n, USER.get())
}

/// A library that calls back later, from a task of its own, and spawns what it gets.
struct Library {
    runtime: tokio::runtime::Runtime,
}

impl Library {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
        Self {
            runtime: runtime.expect("a runtime"),
        }
    }

    fn calls<F, Fut>(&self, callback: F) -> Seen
    where
        F: Fn(u8) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Seen> + Send + 'static,
    {
        let task = async move {
            let first = tokio::spawn(callback(1)).await.expect("no panic");
            let (number, user) = tokio::spawn(callback(2)).await.expect("no panic");
            assert_eq!((first.0, number), (1, 2));
            assert_eq!(first.1, user, "each call sees the same");
            (number, user)
        };
        self.runtime
            .block_on(async { tokio::spawn(task).await.expect("no panic") })
    }

    fn calls_boxed(&self, callback: Handler) -> Seen {
        self.calls(callback)
    }
}

macro_rules! each_is_alices {
    ($library:ident, $method:ident, $($closure:expr),+ $(,)?) => {
        $(
            let closure = $closure;
            assert_eq!($library.$method(closure), (2, "alice"), "{}", stringify!($closure));
        )+
    };
}

/// Case P3
#[test]
fn the_future_of_a_bound_closure_is_in_its_context() {
    let library = Library::new();
    USER.sync_scope("alice", || {
        each_is_alices!(
            library,
            calls,
            bind!(|n| plain(n)),
            bind!(move |n| plain(n)),
            bind!(|n| async move { plain(n).await }),
            bind!(move |n| async move { plain(n).await }),
            bind!(|n| plain(n).boxed()),
            bind!(|n| Box::pin(plain(n))),
            bind!(|n| { plain(n) }),
            bind!(|n| -> BoxFuture<'static, Seen> { Box::pin(plain(n)) }),
            bind!(move |n| -> Pin<Box<dyn Future<Output = Seen> + Send>> { Box::pin(async move { plain(n).await }) }),
            bind!(|n: u8| if n > 9 { unreachable!() } else { plain(n) }),
            bind!(|n| match n {
                0 => panic!("none"),
                m => plain(m).map(|seen| seen),
            }),
        );
    });
}

/// Case P3: handlers in a table, where the type of the box comes from the table.
#[test]
fn a_box_is_of_the_type_that_is_asked_for() {
    let library = Library::new();
    let name = String::from("name");
    USER.sync_scope("alice", || {
        let handlers: [Handler; 6] = [
            Box::new(bind!(|n| Box::pin(plain(n)))),
            Box::new(bind!(|n| plain(n).boxed())),
            Box::new(bind!(move |n| {
                let length = name.len();
                Box::pin(async move {
                    assert_eq!(length, 4);
                    plain(n).await
                })
            })),
            Box::new(bind!(|n| {
                let m = n;
                Box::pin(plain(m))
            })),
            Box::new(bind!(|n| -> BoxFuture<'static, Seen> {
                if n == 1 {
                    return plain(n).boxed();
                }
                Box::pin(plain(n))
            })),
            Box::new(bind!(|n| ::std::boxed::Box::pin(plain(n)))),
        ];
        for handler in handlers {
            assert_eq!(library.calls_boxed(handler), (2, "alice"));
        }
    });
}

#[with_context(USER = "alice")]
fn under_the_attribute(library: &Library) {
    each_is_alices!(
        library,
        calls,
        attribute_on_a_block(),
        attribute_on_a_call(),
        attribute_on_boxes()
    );
    #[with_context]
    let closure = move |n| plain(n);
    assert_eq!(library.calls(closure), (2, "alice"));
    let boxed: Handler = Box::new(
        #[with_context]
        move |n| Box::pin(plain(n)),
    );
    assert_eq!(library.calls_boxed(boxed), (2, "alice"));
}

#[with_context]
fn attribute_on_a_block() -> impl Fn(u8) -> Pin<Box<dyn Future<Output = Seen> + Send>> + Send + Sync {
    #[with_context]
    let closure = move |n| -> Pin<Box<dyn Future<Output = Seen> + Send>> { Box::pin(async move { plain(n).await }) };
    closure
}

#[with_context]
fn attribute_on_a_call() -> Handler {
    let closure = #[with_context]
    move |n| plain(n).boxed();
    Box::new(closure)
}

#[with_context]
fn attribute_on_boxes() -> Handler {
    Box::new(
        #[with_context]
        move |n| -> BoxFuture<'static, Seen> { plain(n).boxed() },
    )
}

/// Case P3
#[test]
fn the_future_of_an_annotated_closure_is_in_its_context() {
    under_the_attribute(&Library::new());
}

/// Case P3: what the closure itself has set, before it returned the future, the future has; the next call has not.
#[test]
fn what_a_closure_sets_its_future_has() {
    let call = USER.sync_scope("alice", || {
        bind!(move |user: Option<&'static str>| {
            let before = USER.get();
            if let Some(user) = user {
                drop(USER.set(user));
            }
            async move {
                yield_now().await;
                (before, USER.get())
            }
        })
    });
    let first = call(Some("bob"));
    let second = call(None);
    assert_eq!(run(second), ("alice", "alice"));
    assert_eq!(run(first), ("alice", "bob"));
    assert_eq!(USER.get(), "nobody");
}

/// Case P3: bound closures keep their own, so do the futures that they return.
#[test]
fn the_future_of_a_closure_is_not_rebound() {
    let call = USER.sync_scope("alice", || bind!(|n| plain(n)));
    assert_eq!(run(USER.scope("carol", async { call(1).await })), (1, "alice"));
    assert_eq!(run(USER.scope("carol", call(2))), (2, "alice"));
    let unbound = bind!(|n| plain(n));
    assert_eq!(run(USER.scope("carol", unbound(3))), (3, "nobody"));
}

/// Case P3: dropped without a poll, in its context too.
#[test]
fn a_future_that_is_never_polled_is_dropped_in_its_context() {
    struct Probe(std::sync::mpsc::Sender<&'static str>);

    impl Drop for Probe {
        fn drop(&mut self) {
            self.0.send(USER.get()).expect("somebody listens");
        }
    }

    let (send, received) = std::sync::mpsc::channel();
    let call = USER.sync_scope("alice", || {
        bind!(move |probe: Probe, _unused: Probe| async move {
            let _probe = &probe;
            yield_now().await;
        })
    });
    drop(call(Probe(send.clone()), Probe(send)));
    assert_eq!(received.iter().collect::<Vec<_>>(), ["alice", "alice"]);
}

/// What is no future is what it was, and of the type that is asked for.
#[test]
fn values_are_as_they_were() {
    fn parsed<T: std::str::FromStr + Default>(parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        parse("5")
    }

    fn failed(check: impl Fn(u8) -> Result<(), Box<dyn std::error::Error>>) -> bool {
        check(1).is_err()
    }

    USER.sync_scope("alice", || {
        assert_eq!(bind!(|| USER.get().len())(), 5);
        assert_eq!(bind!(|a: u8, b: u8| a + b)(1, 2), 3);
        assert_eq!(bind!(|| (USER.get(), 1))(), ("alice", 1));
        bind!(|| {})();
        let never = bind!(|| -> ! { panic!("expected") });
        assert!(std::panic::catch_unwind(|| never()).is_err());
        bind!(|| drop(USER.set("bob")))();
        let five: Option<u8> = parsed(bind!(move |text| Some(text.parse().unwrap_or_default())));
        assert_eq!(five, Some(5));
        let parsed_as_written: Option<u8> = parsed(bind!(|text: &str| -> Option<u8> { text.parse().ok() }));
        assert_eq!(parsed_as_written, Some(5));
        assert!(failed(bind!(move |n| {
            if n == 1 {
                return Err("one".into());
            }
            Ok(())
        })));
    });
}

/// In generic code a bound says what a result is.
#[test]
fn a_type_parameter_that_is_a_future_is_covered() {
    fn bound<Fut: Future<Output = Seen>>(call: impl Fn(u8) -> Fut) -> impl Fn(u8) -> contextvars::InContext<Fut> {
        bind!(move |n| call(n))
    }

    fn value<T>(call: impl Fn() -> T) -> T {
        bind!(|| -> T { call() })()
    }

    let call = USER.sync_scope("alice", || bound(plain));
    assert_eq!(run(call(1)), (1, "alice"));
    assert_eq!(USER.sync_scope("alice", || value(|| USER.get())), "alice");
}

/// Futures that stay on their thread, and streams in a box, keep their types.
#[test]
fn local_futures_and_boxed_streams() {
    let local = USER.sync_scope("alice", || {
        bind!(|n: u8| -> LocalBoxFuture<'static, Seen> {
            let kept = Rc::new(n);
            async move {
                yield_now().await;
                (*kept, USER.get())
            }
            .boxed_local()
        })
    });
    assert_eq!(run(local(1)), (1, "alice"));
    let items = USER.sync_scope("alice", || {
        bind!(|n: u8| -> BoxStream<'static, Seen> { futures::stream::once(plain(n)).boxed() })
    });
    assert_eq!(run(items(1).collect::<Vec<_>>()), [(1, "alice")]);
}

/// A future of a known type becomes one with a context.
#[test]
fn a_ready_future_is_wrapped() {
    let call = bind!(|n: u8| ready(n));
    let future: contextvars::InContext<Ready<u8>> = call(1);
    assert_eq!(run(future), 1);
}

/// Case P3: casts, labels, and what is returned on the way: no form of a body hides its future.
#[test]
#[allow(clippy::needless_return)] // as people write it
fn a_future_is_found_however_the_body_comes_to_it() {
    let library = Library::new();
    USER.sync_scope("alice", || {
        each_is_alices!(
            library,
            calls,
            bind!(|n| Box::pin(plain(n)) as BoxFuture<'static, Seen>),
            bind!(|n| Box::pin(plain(n)) as Pin<Box<dyn Future<Output = Seen> + Send>>),
            bind!(|n| {
                let m = n;
                Box::pin(plain(m)) as BoxFuture<'static, _>
            }),
            bind!(|n: u8| match n {
                1 => Box::pin(plain(n)) as BoxFuture<'static, Seen>,
                _ => plain(n).boxed(),
            }),
            bind!(|n: u8| {
                if n < 3 {
                    return plain(n);
                }
                unreachable!()
            }),
            bind!(|n: u8| -> BoxFuture<'static, Seen> {
                if n < 3 {
                    return plain(n).boxed();
                }
                todo!()
            }),
            bind!(|n: u8| {
                match n {
                    0 => return plain(0),
                    _ => return plain(n),
                };
            }),
            bind!(|n: u8| {
                loop {
                    if n > 0 {
                        return plain(n);
                    }
                }
            }),
            bind!(|n: u8| 'found: {
                if n == 0 {
                    break 'found plain(0);
                }
                break 'found plain(n);
            }),
        );
    });
}

/// Streams that closures return are in the closure's context like futures, boxed or not.
#[test]
fn streams_of_closures() {
    use futures::stream;

    fn first(make: impl Fn(u8) -> BoxStream<'static, &'static str>) -> &'static str {
        run(make(1).next()).expect("one")
    }

    USER.sync_scope("alice", || {
        let opaque = bind!(|n: u8| stream::iter(0..n).map(|_| USER.get()));
        assert_eq!(thread_of(move || run(opaque(1).collect::<Vec<_>>())), ["alice"]);
        let [boxed, pinned] = [
            Box::new(bind!(|n: u8| stream::iter(0..n).map(|_| USER.get()).boxed())) as Box<dyn Fn(_) -> _ + Send>,
            Box::new(bind!(|n: u8| -> BoxStream<'static, &'static str> {
                Box::pin(stream::iter(0..n).map(|_| USER.get()))
            })),
        ];
        assert_eq!(thread_of(move || first(boxed)), "alice");
        assert_eq!(thread_of(move || first(pinned)), "alice");
        assert_eq!(
            thread_of(move || first(bind!(|_| Box::pin(stream::repeat_with(|| USER.get()).take(1))))),
            "nobody",
            "bound on the thread itself"
        );
    });
}

fn thread_of<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    std::thread::spawn(f).join().expect("no panic")
}

/// A boxed future in a `Result` or an `Option`, if the type of the result is written; any other that is held stays as it is.
#[test]
fn a_boxed_future_that_is_held_is_covered() {
    type Fallible = Result<BoxFuture<'static, Seen>, String>;

    let (result, option, in_part, left) = USER.sync_scope("alice", || {
        (
            bind!(|n: u8| -> Fallible { Ok(plain(n).boxed()) }),
            bind!(move |n| -> Option<BoxFuture<'static, Seen>> { (n > 0).then(|| plain(n).boxed()) }),
            bind!(|text: &str| -> Result<_, std::num::ParseIntError> { text.parse::<u8>() }),
            bind!(|n: u8| -> Option<Ready<u8>> { Some(ready(n)) }),
        )
    });
    assert_eq!(result(1).map(run), Ok((1, "alice")));
    assert_eq!(option(2_u8).map(run), Some((2, "alice")));
    assert_eq!(in_part("3"), Ok(3));
    assert_eq!(left(4).map(run), Some(4));
}
