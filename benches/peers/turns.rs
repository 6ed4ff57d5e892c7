//! Sixteen functions for each read, and a measurement in which each has its turn.
//!
//! How long a read takes depends on where the linker puts its function. On CPUs of the Skylake family a jump that
//! touches the end of a block of 32 bytes is not kept among the decoded instructions, and the same code takes 2.0 ns at
//! one address and 2.6 ns at another. That is luck, for every subject alike. So each read is made by 16 functions, and
//! a figure is the mean over all of them. Each has a variable of its own, or the optimiser would make them one.
//!
//! The loop that calls them has a place too. It is the same for all subjects: it calls a function that it doesn't know.

use crate::rounds::time;
use std::hint::black_box;
use std::time::Duration;

/// How many functions do the same.
pub(crate) const PLACES: usize = 16;

/// An array of what `$item!` makes of a module's name and a number, 16 times.
macro_rules! sixteen {
    ($item:ident $(, $($with:tt)+)?) => {
        [
            $item!(p00, 0 $(, $($with)+)?),
            $item!(p01, 1 $(, $($with)+)?),
            $item!(p02, 2 $(, $($with)+)?),
            $item!(p03, 3 $(, $($with)+)?),
            $item!(p04, 4 $(, $($with)+)?),
            $item!(p05, 5 $(, $($with)+)?),
            $item!(p06, 6 $(, $($with)+)?),
            $item!(p07, 7 $(, $($with)+)?),
            $item!(p08, 8 $(, $($with)+)?),
            $item!(p09, 9 $(, $($with)+)?),
            $item!(p10, 10 $(, $($with)+)?),
            $item!(p11, 11 $(, $($with)+)?),
            $item!(p12, 12 $(, $($with)+)?),
            $item!(p13, 13 $(, $($with)+)?),
            $item!(p14, 14 $(, $($with)+)?),
            $item!(p15, 15 $(, $($with)+)?),
        ]
    };
}
pub(crate) use sixteen;

/// Leaves room after the function it stands in, of which nothing is executed: 0, 16, 32 or 48 bytes.
///
/// The compiler lays functions out by name, so that the modules of the 16 places follow each other, at multiples of 16.
/// If their size were a multiple of 32, all 16 would have the same luck. With one such gap in each, four of them begin
/// in each quarter of a cache line, whatever the size.
macro_rules! room {
    ($at:literal) => {
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        // SAFETY: it adds bytes behind the function's own, and no instruction to it.
        unsafe {
            std::arch::asm!(
                ".subsection 1",
                ".skip {}",
                ".subsection 0",
                const 16 * ($at % 4),
                options(nomem, nostack, preserves_flags),
            );
        }
    };
}
pub(crate) use room;

/// Has each of the 16 do its share of `n` operations: a batch is a multiple of 16.
pub(crate) fn in_turn(n: u64, mut run: impl FnMut(usize, u64) -> Duration) -> Duration {
    (0..PLACES).map(|place| run(place, n / PLACES as u64)).sum()
}

/// Times calls of one of the 16.
pub(crate) fn calls<R>(n: u64, f: fn() -> R) -> Duration {
    time(n, black_box(f))
}
