//! The atomics that reference counts are made of; those of `loom` when its models check them.

#[cfg(not(contextvars_loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

#[cfg(contextvars_loom)]
pub(crate) use self::turns::{AtomicU32, AtomicU64};
#[cfg(contextvars_loom)]
pub(crate) use loom::sync::atomic::{Ordering, fence};

/// Atomics whose every access is a turn that `loom` lets another thread take first.
///
/// Its own miss some: when a thread loads an atomic and then writes it, `loom` forgets that another has loaded it before,
/// and never has the write come first. So each access writes to another atomic before, which orders nothing else.
#[cfg(contextvars_loom)]
mod turns {
    use super::Ordering;
    use loom::sync::atomic;

    loom::lazy_static! {
        static ref TURN: atomic::AtomicU32 = atomic::AtomicU32::new(0);
    }

    macro_rules! atomic {
        ($Atomic:ident, $Number:ty) => {
            pub(crate) struct $Atomic(atomic::$Atomic);

            impl $Atomic {
                pub(crate) fn new(number: $Number) -> Self {
                    Self(atomic::$Atomic::new(number))
                }

                fn turn(&self) -> &atomic::$Atomic {
                    TURN.fetch_add(1, Ordering::Relaxed);
                    &self.0
                }

                pub(crate) fn load(&self, order: Ordering) -> $Number {
                    self.turn().load(order)
                }

                pub(crate) fn fetch_add(&self, number: $Number, order: Ordering) -> $Number {
                    self.turn().fetch_add(number, order)
                }

                pub(crate) fn fetch_sub(&self, number: $Number, order: Ordering) -> $Number {
                    self.turn().fetch_sub(number, order)
                }
            }
        };
    }

    atomic!(AtomicU32, u32);
    atomic!(AtomicU64, u64);

    impl AtomicU32 {
        pub(crate) fn store(&self, number: u32, order: Ordering) {
            self.turn().store(number, order);
        }
    }

    impl AtomicU64 {
        pub(crate) fn fetch_update(
            &self,
            set: Ordering,
            fetch: Ordering,
            f: impl FnMut(u64) -> Option<u64>,
        ) -> Result<u64, u64> {
            self.turn().fetch_update(set, fetch, f)
        }
    }
}
