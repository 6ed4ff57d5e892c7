//! Wrappers around the futures that annotated fns return: to the caller all that the fn does happens at the call.

use contextvars::{Context, ContextExt, Token, with_context};
use futures::FutureExt;

use crate::common::many::{self, Variable};
use crate::common::{drive, poll_once, ready, yield_now};
use crate::{A, B, Boxed, C, Seen, annotated, awaits, plain, relay, seen};

/// Makes a handler at the call, and awaits it later.
#[with_context]
fn makes_a_handler() -> impl Future<Output = Seen> + Send {
    let handler = annotated();
    relay(handler)
}

#[with_context]
fn makes_a_boxed_handler() -> Boxed<Seen> {
    let handler = annotated();
    awaits(handler).boxed()
}

/// R4
#[test]
fn a_handler_made_at_the_call_hears_the_callers_wrappers() {
    for make in [|| makes_a_handler().boxed(), makes_a_boxed_handler] {
        let other = || Context::new().with(&B, 2);
        assert_eq!(drive(A.scope(1, make())), [1, 0, 0]);
        assert_eq!(drive(make().in_context(other())), [0, 2, 0]);
        Context::new().with(&C, 3).run(|| {
            assert_eq!(drive(A.scope(1, make())), [1, 0, 3]);
            assert_eq!(drive(make().in_context(other())), [0, 2, 0]);
            assert_eq!(drive(A.scope(1, make().in_context(other()))), [0, 2, 0]);
            let made = make();
            let strangers = Context::new().run(|| A.scope(1, made));
            assert_eq!(drive(strangers), [0, 0, 3], "a stranger's scope");
        });
    }
}

/// R4: a handler made once the future runs is younger than the wrappers around it, and has captured what they say.
#[test]
fn a_handler_made_later_captures_what_the_future_has() {
    #[with_context]
    fn makes_it_later() -> impl Future<Output = Seen> + Send {
        async {
            A.set(4);
            annotated().await
        }
    }

    assert_eq!(drive(A.scope(1, makes_it_later())), [4, 0, 0]);
    Context::new().run(|| assert_eq!(drive(A.scope(1, B.scope(2, makes_it_later()))), [4, 2, 0]));
}

/// R4: the same where a wrapper is made in the future before the handler's first poll, so that the handler has to ask.
#[test]
fn a_handler_made_later_hears_no_wrapper_around_the_future() {
    #[with_context]
    fn makes_it_beside_a_wrapper() -> impl Future<Output = Seen> + Send {
        B.set(2);
        async {
            A.set(4);
            let handler = annotated();
            let newer = C.scope(3, plain());
            (handler.await, newer.await).0
        }
    }

    assert_eq!(drive(A.scope(1, makes_it_beside_a_wrapper())), [4, 2, 0]);
    Context::new().run(|| {
        assert_eq!(drive(A.scope(1, C.scope(1, makes_it_beside_a_wrapper()))), [4, 2, 1]);
    });
}

/// R4: what the fn has set and unset at the call comes after the wrappers, like an attribute's own bindings.
#[test]
fn what_the_fn_wrote_comes_after_a_scope() {
    #[with_context]
    fn writes() -> impl Future<Output = Seen> + Send {
        A.set(4);
        C.unset();
        plain()
    }

    Context::new().with(&C, 3).run(|| {
        assert_eq!(ready(writes()), [4, 0, 0]);
        assert_eq!(ready(A.scope(1, B.scope(2, C.scope(3, writes())))), [4, 2, 0]);
        assert_eq!(ready(writes().in_context(Context::new().with(&B, 2))), [4, 2, 0]);
    });
}

/// R4: the same of what it has only bound, with nothing captured.
#[test]
fn what_the_fn_bound_comes_after_a_scope() {
    #[with_context]
    fn binds() -> impl Future<Output = Seen> + Send {
        A.set(4);
        plain()
    }

    #[with_context]
    fn binds_two() -> impl Future<Output = Seen> + Send {
        A.set(4);
        B.set(5);
        plain()
    }

    let check = |c| {
        assert_eq!(ready(A.scope(1, binds())), [4, 0, c]);
        assert_eq!(ready(A.scope(1, B.scope(2, binds()))), [4, 2, c]);
        assert_eq!(ready(A.scope(1, B.scope(2, binds_two()))), [4, 5, c]);
        assert_eq!(ready(binds().in_context(Context::new().with(&B, 2))), [4, 2, 0]);
        assert_eq!(ready(binds_two().in_context(Context::new().with(&A, 1))), [4, 5, 0]);
    };
    check(0);
    Context::new().run(|| check(0));
    Context::new().with(&C, 3).run(|| check(3));
}

/// R4: a token of the call remembers what the future never had, once a wrapper has had its say.
#[test]
fn a_token_of_the_call_is_refused_where_a_wrapper_has_had_its_say() {
    #[with_context]
    fn keeps_a_token() -> impl Future<Output = (bool, Seen)> + Send {
        let token: Token<u32> = A.set(4);
        async move { (A.reset(token).is_ok(), seen()) }
    }

    assert_eq!(ready(keeps_a_token()), (true, [0, 0, 0]));
    assert_eq!(ready(B.scope(2, keeps_a_token())), (false, [4, 2, 0]));
}

/// R4: the callers' wrappers come before all that the fn has written, in the handlers that it makes at the call too.
#[test]
fn a_handler_made_after_a_write_at_the_call_sees_that_write() {
    #[with_context]
    fn makes_three() -> impl Future<Output = [Seen; 3]> {
        let before = annotated();
        A.set(4);
        let between = annotated();
        let token = A.set(5);
        B.unset();
        let after = annotated();
        drop(token);
        async move { [before.await, between.await, after.await] }
    }

    Context::new().with(&A, 3).with(&B, 3).run(|| {
        let own = [[3, 3, 0], [4, 3, 0], [5, 0, 0]];
        assert_eq!(ready(makes_three()), own);
        assert_eq!(ready(C.scope(1, makes_three())), own.map(|[a, b, _]| [a, b, 1]));
        assert_eq!(ready(A.scope(1, makes_three())), [[1, 3, 0], [4, 3, 0], [5, 0, 0]]);
        assert_eq!(ready(B.scope(2, makes_three())), [[3, 2, 0], [4, 2, 0], [5, 0, 0]]);
        let other = Context::new().with(&A, 7).with(&C, 7);
        assert_eq!(
            ready(makes_three().in_context(other)),
            [[7, 0, 7], [4, 0, 7], [5, 0, 7]]
        );
    });
}

/// R4: the same where the future has begun before the wrapper was made around it.
#[test]
fn a_handler_made_after_a_write_at_the_call_sees_that_write_below_a_later_wrapper() {
    #[with_context]
    fn makes_one() -> impl Future<Output = Seen> + Send {
        A.set(4);
        let handler = annotated();
        async {
            yield_now().await;
            handler.await
        }
    }

    let mut begun = makes_one().boxed();
    assert!(poll_once(begun.as_mut()).is_pending());
    assert_eq!(ready(A.scope(1, B.scope(2, begun))), [4, 2, 0]);
}

/// R4: so does what it has unset, whichever other variable it has bound since.
#[test]
fn what_the_fn_unset_comes_after_a_scope() {
    #[with_context]
    fn swaps(unset: Variable, set: Variable) -> impl Future<Output = [usize; 2]> {
        unset.unset();
        set.set(4);
        async { [unset.get(), set.get()] }
    }

    let variables: Vec<Variable> = many::all().into_iter().take(12).collect();
    for (at, unset) in variables.iter().enumerate() {
        for set in variables.iter().skip(at + 1) {
            let (unset, set) = (*unset, *set);
            let caller = Context::new().with(unset, 1).with(&A, 1);
            caller.clone().run(|| {
                let own = [0, 4];
                assert_eq!(ready(swaps(unset, set)), own);
                assert_eq!(ready(B.scope(2, swaps(unset, set))), own);
                assert_eq!(ready(unset.scope(2, swaps(unset, set))), own);
                assert_eq!(ready(swaps(unset, set).in_context(caller.clone())), own);
            });
        }
    }
}

/// R4: what the fn has put back as it was, it has not written.
#[test]
fn what_the_fn_put_back_comes_before_a_scope() {
    #[with_context]
    fn puts_back() -> impl Future<Output = Seen> {
        let token = A.set(4);
        A.reset(token).expect("its own token");
        plain()
    }

    #[with_context]
    fn captures_and_puts_back() -> impl Future<Output = [Seen; 2]> {
        let token = A.set(4);
        let handler = annotated();
        A.reset(token).expect("its own token");
        async { [seen(), handler.await] }
    }

    for mut caller in [
        Context::new(),
        Context::new().with(&A, 3),
        Context::new().with(&A, 3).with(&C, 3),
    ] {
        caller.run(|| {
            assert_eq!(ready(A.scope(1, puts_back())), [1, 0, C.get()]);
            assert_eq!(ready(puts_back().in_context(Context::new().with(&A, 7))), [7, 0, 0]);
            assert_eq!(ready(A.scope(1, captures_and_puts_back()))[0], [1, 0, C.get()]);
        });
    }
}

/// R4: what a handler has from the fn comes after a wrapper too that is put around the future when that has begun, whatever
/// the fn has written since.
#[test]
fn a_handler_keeps_what_the_fn_wrote_before_it() {
    #[with_context]
    fn makes_it(write_again: fn()) -> Boxed<Seen> {
        A.set(4);
        let handler = annotated();
        write_again();
        yield_now().then(|()| handler).boxed()
    }

    let again: [fn(); 4] = [
        || {},
        || _ = A.set(5),
        || {
            A.unset();
            A.set(5);
        },
        || {
            A.set(5);
            B.set(5);
        },
    ];
    for mut caller in [
        Context::new(),
        Context::new().with(&A, 3),
        Context::new().with(&A, 3).with(&C, 3),
    ] {
        caller.run(|| {
            for again in again {
                let mut future = makes_it(again);
                assert!(poll_once(future.as_mut()).is_pending());
                assert_eq!(drive(A.scope(1, future)), [4, 0, C.get()]);
            }
        });
    }
}

/// R4: what starts apart from the fn, fresh or in another context, has nothing of what the fn wrote.
#[test]
fn what_starts_apart_has_nothing_of_what_the_fn_wrote() {
    #[with_context(fresh)]
    async fn starts_fresh() -> Seen {
        seen()
    }

    #[with_context(fresh)]
    fn returns_fresh() -> impl Future<Output = Seen> {
        annotated()
    }

    #[with_context]
    fn makes_four(other: Context) -> impl Future<Output = [Seen; 4]> {
        A.set(4);
        let (fresh, returned) = (starts_fresh(), returns_fresh());
        let plain = plain().in_context(other.clone());
        let annotated = annotated().in_context(other);
        async move { [fresh.await, returned.await, plain.await, annotated.await] }
    }

    let with_a = |value| Context::new().with(&A, value);
    for mut caller in [Context::new(), with_a(3)] {
        caller.run(|| {
            let own = [[0, 0, 0], [0, 0, 0], [7, 0, 0], [7, 0, 0]];
            assert_eq!(ready(makes_four(with_a(7))), own);
            assert_eq!(ready(A.scope(1, makes_four(with_a(7)))), own);
            assert_eq!(ready(makes_four(with_a(7)).in_context(with_a(8))), own);
        });
    }
}

#[with_context(B = 5)]
async fn gives_a_future() -> impl Future<Output = Seen> {
    annotated()
}

#[with_context(B = 5)]
async fn gives_a_plain_one() -> Result<futures::future::BoxFuture<'static, Seen>, ()> {
    Ok(plain().boxed())
}

#[with_context(fresh, B = 5)]
async fn gives_one_freshly() -> futures::future::BoxFuture<'static, Seen> {
    annotated().boxed()
}

/// R4: what an annotated async fn returns counts as made at the call, with all that the fn has captured.
#[test]
fn a_scope_around_what_an_async_fn_returns_applies() {
    Context::new().with(&C, 3).run(|| {
        assert_eq!(ready(async { gives_a_future().await.await }), [0, 5, 3]);
        assert_eq!(ready(async { A.scope(1, gives_a_future().await).await }), [1, 5, 3]);
        let plain = async { A.scope(1, gives_a_plain_one().await.expect("one")).await };
        assert_eq!(ready(plain), [1, 5, 3]);
        let other = Context::new().with(&A, 7);
        assert_eq!(
            ready(async { gives_a_future().await.in_context(other).await }),
            [7, 0, 0]
        );
        assert_eq!(
            ready(async { A.scope(1, gives_one_freshly().await).await }),
            [0, 5, 0],
            "fresh"
        );
        let made = ready(gives_a_future());
        let strangers = Context::new().run(|| A.scope(1, made));
        assert_eq!(drive(strangers), [0, 5, 3], "a stranger's scope");
    });
}
