//! What carries is no larger than what does not, and as free to move.

use std::future;
use std::marker::PhantomPinned;
use std::panic::{RefUnwindSafe, UnwindSafe, catch_unwind};

use self::has::{is_send_and_sync, is_unpin, is_unwind_safe};
use contextvars::__private::Annotated;
use contextvars::{Context, ContextExt, InContext, bind, bind_fn, with_context};

use crate::tag::{NAME, tag, tagged};

mod has {
    use super::{RefUnwindSafe, UnwindSafe};

    pub(super) fn is_send_and_sync<T: Send + Sync>(_: &T) {}
    pub(super) fn is_unpin<T: Unpin>(_: &T) {}
    pub(super) fn is_unwind_safe<T: UnwindSafe + RefUnwindSafe>(_: &T) {}
}

const CONTEXT: usize = 24;

/// R13
#[test]
fn a_future_is_no_larger_than_its_block_and_a_context() {
    macro_rules! check {
        ($($argument:expr),* $(,)?) => {
            $({
                async fn plain<T>(argument: T) {
                    future::ready(()).await;
                    drop(argument);
                }
                #[with_context]
                async fn annotated<T>(argument: T) {
                    future::ready(()).await;
                    drop(argument);
                }
                let (before, after) = (plain($argument), tagged("captured", || annotated($argument)));
                let size = (size_of_val(&before) + CONTEXT).next_multiple_of(align_of_val(&after));
                assert!(size_of_val(&after) <= size, "{}", stringify!($argument));
            })*
        };
    }
    check!(
        (),
        1_u8,
        1_u64,
        1_u128,
        [0_u8; 100],
        true,
        String::new(),
        Box::new(1),
        None::<Box<u8>>,
        &1,
        'a',
        [1.0; 3]
    );

    // Where there is nothing in which to hide a mark, as in these bits, it is no larger either.
    assert_eq!(size_of::<Annotated<[u64; 4]>>(), 32 + CONTEXT);
    assert_eq!(size_of::<Annotated<()>>(), CONTEXT);
    assert_eq!(size_of::<InContext<u64>>(), size_of::<InContext<()>>() + 8);
}

/// R13
#[test]
fn a_future_of_bits_that_are_all_used() {
    struct Words([u64; 4]);

    impl Future for Words {
        type Output = u64;

        fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<u64> {
            self.0[0] = self.0[0].wrapping_sub(1);
            if self.0[0] == 0 || self.0[0] == u64::MAX {
                return std::task::Poll::Ready(self.0.iter().copied().fold(0, u64::wrapping_add));
            }
            cx.waker().wake_by_ref();
            std::task::Poll::Pending
        }
    }

    for word in [0, 1, u64::MAX, 1 << 63, 1 << 62] {
        let plain = tagged("captured", || bind!(async move { Words([2, word, word, word]).await }));
        assert_eq!(crate::common::drive_across_threads(plain), word.wrapping_mul(3));
    }
}

/// R13
#[test]
fn auto_traits_are_those_of_the_block() {
    #[with_context]
    async fn annotated() {}
    let future = tagged("captured", annotated);
    is_send_and_sync(&future);
    is_unwind_safe(&future);
    let wrapper: InContext<future::Ready<()>> = tagged("captured", || future::ready(()).in_current_context());
    is_send_and_sync(&wrapper);
    is_unpin(&wrapper);
    is_unwind_safe(&wrapper);
    let _pinned: InContext<PhantomPinned> = NAME.scope("alice", PhantomPinned);
}

/// R13
#[test]
fn a_bound_closure_may_be_called_where_panics_are_caught() {
    let once = tagged("captured", || bind(tag));
    let many = tagged("captured", || bind_fn(tag));
    is_unwind_safe(&many);
    assert_eq!(catch_unwind(once).ok(), Some(Some("captured")));
    assert_eq!(catch_unwind(many).ok(), Some(Some("captured")));
}

/// What captures carry is named where the context is the current one: no other context holds any of it.
#[test]
fn a_context_names_what_is_carried_beside_it() {
    tagged("captured", || {
        NAME.sync_scope("alice", || {
            let current = Context::current();
            let shown = format!("{current:#?}");
            assert!(shown.contains("(carried: ") && shown.contains("Tag"), "{shown}");
            assert!(!shown.contains("::"), "without paths: {shown}");
            assert!(!format!("{current:?}").contains("carried"));
            let other = format!("{:#?}", current.with(&NAME, "bob"));
            assert!(!other.contains("carried"), "{other}");
        });
    });
}

trait Registers {
    fn register();
}

impl Registers for fn() -> Vec<u8> {
    fn register() {
        struct InAMethod<T>(T);

        impl contextvars::Ambient for InAMethod<fn() -> Vec<u8>> {
            fn capture() -> Option<Self> {
                None
            }

            fn is_present() -> bool {
                false
            }

            fn enter(&self) {}

            fn exit(&self) {}
        }

        contextvars::carry::<InAMethod<fn() -> Vec<u8>>>();
    }
}

/// R13: the path of this one begins with that of a trait for a type.
#[test]
fn a_kind_that_is_declared_in_a_method_has_a_name() {
    <fn() -> Vec<u8>>::register();
    let shown = Context::new().run(|| format!("{:#?}", Context::current()));
    assert!(
        shown.contains("InAMethod") && !shown.contains("::") && !shown.contains('<'),
        "{shown}"
    );
}
