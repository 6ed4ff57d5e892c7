//! Several kinds, and their registration.

use std::cell::{Cell, RefCell};
use std::thread;

use contextvars::{Ambient, Context, ContextExt, bind, bind_fn, carry, context_var, with_context};

use futures::future::BoxFuture;

use crate::common::{drive, drive_across_threads, yield_now};
use crate::tag::{NAME, here, tag, tagged};

thread_local! {
    static STACK: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Makes a kind whose state is a number, and which says when it is entered.
macro_rules! kind {
    ($kind:ident $state:ident) => {
        thread_local! {
            static $state: Cell<Option<u32>> = const { Cell::new(None) };
        }

        struct $kind(u32);

        impl Ambient for $kind {
            fn capture() -> Option<Self> {
                $state.get().map(Self)
            }

            fn is_present() -> bool {
                $state.get().is_some()
            }

            fn enter(&self) {
                STACK.with_borrow_mut(|stack| stack.push(stringify!($kind)));
                assert_eq!($state.replace(Some(self.0)), None);
            }

            fn exit(&self) {
                assert_eq!($state.take(), Some(self.0));
                assert_eq!(
                    STACK.with_borrow_mut(Vec::pop),
                    Some(stringify!($kind)),
                    "the last first"
                );
            }
        }
    };
}

kind!(First FIRST);
kind!(Second SECOND);
kind!(Third THIRD);

fn stack() -> Vec<&'static str> {
    STACK.with_borrow(Clone::clone)
}

/// Registers all, and more than once.
fn register() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        carry::<First>();
        carry::<Second>();
        carry::<First>();
        carry::<Third>();
    });
    carry::<Third>();
    carry::<Second>();
}

/// R13
#[test]
fn are_entered_in_the_order_of_their_registration() {
    register();
    THIRD.set(Some(3));
    FIRST.set(Some(1));
    SECOND.set(Some(2));
    let call = bind_fn(|| (stack(), FIRST.get(), SECOND.get(), THIRD.get()));
    let all = ["First", "Second", "Third"].to_vec();
    thread::scope(|scope| {
        let called = scope.spawn(&call).join().expect("no panic");
        assert_eq!(called, (all, Some(1), Some(2), Some(3)));
    });
    assert_eq!(call(), (vec![], Some(1), Some(2), Some(3)));
    // Each for itself: what is there stays, and the others are entered.
    SECOND.set(Some(20));
    FIRST.set(None);
    THIRD.set(None);
    assert_eq!(call(), (vec!["First", "Third"], Some(1), Some(20), Some(3)));
    assert_eq!((FIRST.get(), SECOND.get(), THIRD.get()), (None, Some(20), None));
}

/// R13
#[test]
fn are_carried_where_there_was_something_of_them() {
    register();
    SECOND.set(Some(2));
    let call = bind(|| (stack(), SECOND.get()));
    let called = thread::spawn(call).join().expect("no panic");
    assert_eq!(called, (vec!["Second"], Some(2)));
}

/// R13
#[test]
fn a_capture_from_before_the_registration_has_none() {
    kind!(Late LATE);
    LATE.set(Some(1));
    let before = bind(|| LATE.get());
    let waiting = async { LATE.get() }.in_current_context();
    carry::<Late>();
    let after = bind(|| LATE.get());
    LATE.set(None);
    assert_eq!((before(), drive(waiting), after()), (None, None, Some(1)));
}

/// R13
#[test]
fn many_are_registered_while_others_capture() {
    macro_rules! many {
        ($($kind:ident $state:ident)*) => {
            $(kind!($kind $state);)*

            fn register_all() {
                $(carry::<$kind>();)*
            }

            fn register_all_backwards() {
                // The same kinds at the same time, in another order.
                let mut all: Vec<fn()> = vec![$(carry::<$kind>),*];
                all.reverse();
                for register in all {
                    register();
                }
            }

            fn set_all(to: Option<u32>) {
                $($state.set(to);)*
            }

            fn count() -> u32 {
                0 $(+ $state.get().unwrap_or(0))*
            }
        };
    }
    many! { A SA B SB C SC D SD E SE F SF G SG H SH }

    thread::scope(|scope| {
        for register in [register_all, register_all_backwards, register_all] {
            scope.spawn(move || {
                set_all(Some(1));
                register();
                let call = bind(|| (count(), stack().len()));
                set_all(None);
                assert_eq!(call(), (8, 8), "each once");
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                for _ in 0..1000 {
                    set_all(Some(1));
                    let call = bind(count);
                    set_all(None);
                    let carried = call();
                    assert!(carried >= last, "what is registered stays");
                    last = carried;
                }
            });
        }
    });
}

#[context_var]
static READS: u32 = 0;

thread_local! {
    static USES_CONTEXT: Cell<bool> = const { Cell::new(false) };
    static INSIDE: RefCell<Vec<(&'static str, u32)>> = const { RefCell::new(Vec::new()) };
    static LEFT: RefCell<Vec<(&'static str, u32)>> = const { RefCell::new(Vec::new()) };
}

/// A kind that reads and writes variables, and captures a context.
struct UsesContext(Context);

impl Ambient for UsesContext {
    fn capture() -> Option<Self> {
        USES_CONTEXT.get().then(|| {
            let _old = READS.try_set(READS.get() + 1);
            let context = Context::current().with(&READS, 100);
            Self(context)
        })
    }

    fn is_present() -> bool {
        NAME.get() == "no such name"
    }

    fn enter(&self) {
        INSIDE.with_borrow_mut(|inside| inside.push((NAME.get(), READS.get())));
        // A context of its own changes nothing, nor does a future: the one that is polled next has its own.
        self.0.clone().run(|| {
            NAME.set("inside");
            assert_eq!(drive(async { NAME.get() }.in_current_context()), "inside");
        });
    }

    fn exit(&self) {
        let entered = INSIDE.with_borrow_mut(|inside| inside.pop().expect("entered before"));
        assert_eq!((NAME.get(), READS.get()), entered, "the same context again");
        LEFT.with_borrow_mut(|left| left.push(entered));
    }
}

/// R8, R13
#[test]
fn may_use_variables_themselves() {
    carry::<UsesContext>();
    #[with_context]
    async fn read() -> (&'static str, u32) {
        yield_now().await;
        (NAME.get(), READS.get())
    }
    Context::new().run(|| {
        NAME.set("caller");
        let token = READS.set(5);
        USES_CONTEXT.set(true);
        let (annotated, wrapped) = (read(), async { (NAME.get(), READS.get()) }.in_current_context());
        let scoped = NAME.scope("scoped", read());
        let call = bind(|| (NAME.get(), READS.get()));
        USES_CONTEXT.set(false);
        assert_eq!(READS.get(), 10, "as often as captured");
        NAME.set("poller");
        READS.set(7);
        assert_eq!(drive(annotated), ("caller", 5));
        // For two polls, of a future that has nothing to drop.
        assert_eq!(LEFT.take(), [("caller", 5); 2]);
        assert_eq!(drive(wrapped), ("caller", 6));
        // For the drop as well.
        assert_eq!(LEFT.take(), [("caller", 6); 2]);
        assert_eq!(drive(scoped).0, "scoped");
        assert_eq!(call().0, "caller");
        assert_eq!((NAME.get(), READS.get()), ("poller", 7));
        assert!(READS.reset(token).is_ok());
    });
}

/// R13
#[test]
fn the_same_state_again_and_again() {
    // Each generation captures what the one before was given.
    #[with_context]
    fn generation(depth: u32) -> BoxFuture<'static, Option<&'static str>> {
        Box::pin(async move {
            if depth == 0 {
                return tag();
            }
            let next = generation(depth - 1);
            thread::spawn(|| drive(next)).join().expect("no panic")
        })
    }
    assert_eq!(
        drive_across_threads(tagged("captured", || generation(20))),
        Some("captured")
    );
    assert_eq!(here(), (None, "nobody"));
}
