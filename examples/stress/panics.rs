//! Panics that tasks throw on purpose, which nobody needs to read about.

use std::panic;

use crate::{crowd::crowd, dice::Dice};

/// One await in so many ends in a panic, where a run asks for panics.
const ODDS: usize = 64;

struct OnPurpose;

/// Keeps panics on purpose out of the output. All others stay as loud as they were.
pub(crate) fn hush() {
    let loud = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !info.payload().is::<OnPurpose>() {
            loud(info);
        }
    }));
}

pub(crate) fn perhaps(dice: &mut Dice) {
    if crowd().panics && dice.one_in(ODDS) {
        panic::panic_any(OnPurpose);
    }
}
