//! As many kinds as there can be, and one more.

use std::cell::{Cell, RefCell};
use std::thread;

use contextvars::{Ambient, ContextExt, bind_fn, carry, with_context};

use crate::common::child::in_a_child;
use crate::common::{drive, panic_of, poll_once, yield_now};

const MOST: usize = 64;

thread_local! {
    static HAS: Cell<u128> = const { Cell::new(0) };
    static MOVES: RefCell<Vec<isize>> = const { RefCell::new(Vec::new()) };
}

struct Nth<const N: usize>;

impl<const N: usize> Ambient for Nth<N> {
    fn capture() -> Option<Self> {
        Self::is_present().then_some(Self)
    }

    fn is_present() -> bool {
        HAS.get() & (1 << N) != 0
    }

    fn enter(&self) {
        HAS.set(HAS.get() | (1 << N));
        MOVES.with_borrow_mut(|moves| moves.push(N.cast_signed() + 1));
    }

    fn exit(&self) {
        HAS.set(HAS.get() & !(1 << N));
        MOVES.with_borrow_mut(|moves| moves.push(-(N.cast_signed() + 1)));
    }
}

/// Registers those up to 64, in this order.
macro_rules! carry_all {
    ($($n:literal)*) => {
        $(carry::<Nth<$n>>();)*
    };
}

fn carry_all() {
    carry_all!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
    carry_all!(32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63);
}

const ALL: u128 = (1 << MOST) - 1;

/// In this order, and then the last first.
fn there_and_back(of: impl DoubleEndedIterator<Item = isize> + Clone) -> Vec<isize> {
    of.clone().chain(of.rev().map(|n| -n)).collect()
}

/// R13
#[test]
fn sixty_four_kinds_are_carried_and_not_one_more() {
    in_a_child("limit::sixty_four_kinds_are_carried_and_not_one_more", || {
        carry_all();
        for _ in 0..2 {
            let refused = panic_of(carry::<Nth<64>>);
            assert!(refused.message.contains("Nth<64>"), "{}", refused.message);
            assert!(refused.message.contains("64 kinds"), "{}", refused.message);
        }
        carry_all(); // which are there
        HAS.set(ALL | 1 << MOST);
        let call = bind_fn(|| HAS.get());
        HAS.set(0);
        assert_eq!(call(), ALL);
        assert_eq!(MOVES.take(), there_and_back(1..=64));
        assert_eq!(HAS.get(), 0);
        // The first, one in the middle, and the last are there already.
        let some = 1 | 1 << 31 | 1 << 63;
        HAS.set(some);
        assert_eq!(call(), ALL);
        assert_eq!(HAS.get(), some);
        let others = (1..=64).filter(|n| ![1, 32, 64].contains(n));
        assert_eq!(MOVES.take(), there_and_back(others));
        // The last alone is captured, and the first alone.
        for one in [1 << 63, 1] {
            HAS.set(one);
            let call = bind_fn(|| HAS.get());
            let future = async {
                yield_now().await;
                HAS.get()
            };
            let future = future.in_current_context();
            HAS.set(0);
            assert_eq!((call(), drive(future), HAS.get()), (one, one, 0));
        }
        String::new()
    });
}

/// R7, R13
#[test]
fn sixty_four_kinds_are_entered_for_a_drop() {
    #[with_context]
    async fn waits<P>(argument: P) {
        yield_now().await;
        drop(argument);
    }

    in_a_child("limit::sixty_four_kinds_are_entered_for_a_drop", || {
        carry_all();
        for is_polled in [false, true] {
            HAS.set(ALL);
            let argument = crate::common::OnDrop(|| assert_eq!(HAS.get(), ALL));
            let future = waits(argument);
            HAS.set(0);
            let dropped = thread::scope(|scope| {
                scope
                    .spawn(move || {
                        let mut future = Box::pin(future);
                        if is_polled {
                            assert!(poll_once(future.as_mut()).is_pending());
                        }
                        drop(future);
                        (HAS.get(), MOVES.take().len())
                    })
                    .join()
                    .expect("no panic")
            });
            assert_eq!(dropped, (0, if is_polled { 4 * MOST } else { 2 * MOST }));
        }
        String::new()
    });
}
