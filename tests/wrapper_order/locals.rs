//! The order of wrappers where local variables are bound: they share a word with what tells that order.

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::FutureExt;
use futures::channel::oneshot;

use crate::common::{drive, ready};
use crate::{A, B, Boxed, C, Seen, annotated, plain, seen};

#[context_var(local)]
static LOCAL: u32 = 0;

/// R4: a newer wrapper has its say, whether the local was bound before or after the capture, or in between.
#[test]
fn a_newer_wrapper_has_its_say_where_a_local_is_bound() {
    Context::new().run(|| {
        drop(A.scope(9, plain()));
        let older = annotated();
        LOCAL.set(1);
        assert_eq!(drive(A.scope(1, B.scope(2, older))), [1, 2, 0]);
        assert_eq!(drive(A.scope(1, B.scope(2, annotated()))), [1, 2, 0]);
        LOCAL.unset();
        assert_eq!(drive(annotated().in_context(Context::new().with(&C, 3))), [0, 0, 3]);
    });
}

/// R4: what is captured after a wrapper was made is not its business, even if it is polled inside.
#[test]
fn an_older_wrapper_has_no_say_where_a_local_is_bound() {
    Context::new().run(|| {
        let (sender, receiver) = oneshot::channel::<Boxed<Seen>>();
        LOCAL.set(1);
        let worker = A.scope(1, async { receiver.await.expect("a job").await });
        assert!(sender.send(annotated().boxed()).is_ok());
        assert_eq!(drive(worker), [0, 0, 0]);
    });
}

/// R4: what such a fn does first and last at the call, with a local bound there.
#[test]
fn a_returned_future_that_has_bound_a_local_hears_the_same_wrappers() {
    #[with_context(LOCAL = 1)]
    fn returns() -> impl Future<Output = [Seen; 3]> {
        A.set(4);
        let at_the_call = annotated();
        async move {
            let own = seen();
            let later = B.scope(2, annotated()).await;
            [own, at_the_call.await, later]
        }
    }

    Context::new().run(|| {
        assert_eq!(drive(returns()), [[4, 0, 0], [4, 0, 0], [4, 2, 0]]);
        assert_eq!(
            drive(A.scope(1, C.scope(3, returns()))),
            [[4, 0, 3], [4, 0, 3], [4, 2, 3]]
        );
    });
}

/// R4: a capture in the future is younger than the wrappers around the call, and keeps what it has unset since.
#[test]
fn a_capture_after_the_call_is_younger_than_the_wrappers_around_it() {
    #[with_context]
    fn returns() -> impl Future<Output = Seen> {
        let at_the_call = annotated();
        async move {
            drop(at_the_call);
            A.unset();
            annotated().await
        }
    }

    Context::new().run(|| assert_eq!(ready(A.scope(1, returns())), [0, 0, 0]));
}
