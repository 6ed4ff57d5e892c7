//! The handles to a binding, also in numbers that no test program reaches.

use super::BindingRef;
use crate::descriptor::debug::Show;
use crate::descriptor::{DescriptorOf, Reach};
use crate::map::aborts::aborts;
use crate::map::atomics::Ordering;
use std::mem;
use std::panic::Location;
use std::sync::Arc;

static COUNTED: DescriptorOf<Arc<()>> = DescriptorOf::new("COUNTED", Show::REDACTED, Reach::Inherited);

const MANY: u32 = 2_147_483_647;

fn binding(value: &Arc<()>) -> BindingRef {
    BindingRef::new(&COUNTED, Location::caller(), Arc::clone(value))
}

fn handles(binding: &BindingRef) -> u32 {
    binding.handles.load(Ordering::Relaxed)
}

#[test]
fn a_value_is_shown_to_its_variable_alone() {
    static OTHER: DescriptorOf<Arc<()>> = DescriptorOf::new("OTHER", Show::REDACTED, Reach::Inherited);
    let binding = binding(&Arc::new(()));
    assert!(binding.view().value(&COUNTED).is_some());
    assert!(binding.view().value(&OTHER).is_none());
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
    aborts("map::binding::tests::more_handles_than_there_can_be_abort", || {
        let binding = binding(&Arc::new(()));
        binding.handles.store(MANY + 1, Ordering::Relaxed);
        mem::forget(binding.clone());
    });
}

/// Takes no atomic write.
#[test]
fn one_of_the_only_two_handles_is_merged() {
    let value = Arc::new(());
    let (mut one, other) = BindingRef::new_pair(&COUNTED, Location::caller(), Arc::clone(&value));
    assert_eq!(handles(&one), 2);
    one.merge_duplicate(other);
    assert_eq!((handles(&one), Arc::strong_count(&value)), (1, 2));
    drop(one);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_handle_is_merged_beside_others() {
    let value = Arc::new(());
    let (mut one, other) = BindingRef::new_pair(&COUNTED, Location::caller(), Arc::clone(&value));
    let third = other.clone();
    one.merge_duplicate(other);
    assert_eq!((handles(&one), handles(&third)), (2, 2));
    drop((one, third));
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_handle_to_another_binding_is_dropped() {
    let values = [Arc::new(()), Arc::new(())];
    let [mut one, other] = [binding(&values[0]), binding(&values[1])];
    let duplicate = one.clone();
    one.merge_duplicate(other);
    assert_eq!((handles(&one), Arc::strong_count(&values[1])), (2, 1));
    drop((one, duplicate));
    assert_eq!(Arc::strong_count(&values[0]), 1);
}
