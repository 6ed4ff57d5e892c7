//! A storm of reports from one place is one row, and no memory.

use std::hint::black_box;

use contextvars::lost::Attempt::Read;
use contextvars::lost::Watch;

use super::counting::allocations;
use super::{USER, seen};

const READS: u64 = 1_000_000;

fn storm(reads: u64) {
    for _ in 0..reads {
        let _ = black_box(USER.get()); // here
    }
}
const LINE: u32 = line!() - 3;

#[test]
fn costs_one_row_and_no_allocation() {
    contextvars::lost::log();
    let watch = Watch::this_thread();
    storm(1);
    assert_eq!(allocations(|| storm(READS)), 0);
    assert_eq!(seen(&watch), [("USER", Read, LINE, READS + 1)]);
}
