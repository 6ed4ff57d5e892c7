//! The handles to a binding, also as many as no program has in a test.

use super::Shared;
use crate::aborts::aborts;
use crate::info::{InfoOf, Reach};
use crate::show::Show;
use crate::sync::Ordering;
use std::mem;
use std::panic::Location;
use std::sync::Arc;

static COUNTED: InfoOf<Arc<()>> = InfoOf::new("COUNTED", Show::REDACTED, Reach::Inherited);

const MANY: u32 = 2_147_483_647;

fn binding(value: &Arc<()>) -> Shared {
    Shared::new(&COUNTED, Location::caller(), Arc::clone(value))
}

fn handles(binding: &Shared) -> u32 {
    binding.handles.load(Ordering::Relaxed)
}

#[test]
fn a_value_is_shown_to_its_variable_alone() {
    static OTHER: InfoOf<Arc<()>> = InfoOf::new("OTHER", Show::REDACTED, Reach::Inherited);
    let binding = binding(&Arc::new(()));
    assert!(binding.borrow().value(&COUNTED).is_some());
    assert!(binding.borrow().value(&OTHER).is_none());
}

#[test]
fn a_binding_has_many_handles() {
    let binding = binding(&Arc::new(()));
    binding.handles.store(MANY, Ordering::Relaxed);
    mem::forget(binding.clone());
    assert_eq!(handles(&binding), MANY + 1);
    binding.handles.store(1, Ordering::Relaxed);
}

#[test]
fn more_handles_than_there_can_be_abort() {
    aborts("binding::tests::more_handles_than_there_can_be_abort", || {
        let binding = binding(&Arc::new(()));
        binding.handles.store(MANY + 1, Ordering::Relaxed);
        mem::forget(binding.clone());
    });
}

/// Costs no write that others see.
#[test]
fn of_two_handles_that_are_all_one_is_absorbed() {
    let value = Arc::new(());
    let (mut one, other) = Shared::new_pair(&COUNTED, Location::caller(), Arc::clone(&value));
    assert_eq!(handles(&one), 2);
    one.absorb(other);
    assert_eq!((handles(&one), Arc::strong_count(&value)), (1, 2));
    drop(one);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_handle_is_absorbed_beside_others() {
    let value = Arc::new(());
    let (mut one, other) = Shared::new_pair(&COUNTED, Location::caller(), Arc::clone(&value));
    let third = other.clone();
    one.absorb(other);
    assert_eq!((handles(&one), handles(&third)), (2, 2));
    drop((one, third));
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_handle_to_another_binding_is_dropped() {
    let values = [Arc::new(()), Arc::new(())];
    let [mut one, other] = [binding(&values[0]), binding(&values[1])];
    let twin = one.clone();
    one.absorb(other);
    assert_eq!((handles(&one), Arc::strong_count(&values[1])), (2, 1));
    drop((one, twin));
    assert_eq!(Arc::strong_count(&values[0]), 1);
}
