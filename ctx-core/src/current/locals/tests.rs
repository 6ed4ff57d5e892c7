//! A clock with an extension shows the time as one without.

use super::{Clock, Extension};
use crate::ambient::Ambient;
use crate::ambient::carried::{Captured, Carried, Kinds};
use crate::descriptor::debug::Show;
use crate::descriptor::{DescriptorOf, Reach};
use crate::map::Map;
use crate::map::binding::BindingRef;
use std::panic::Location;
use std::sync::Arc;

fn locals(value: &Arc<()>) -> Map {
    static LOCAL: DescriptorOf<Arc<()>> = DescriptorOf::new("LOCAL", Show::REDACTED, Reach::Local);
    let mut locals = Map::new();
    locals.insert(BindingRef::new(&LOCAL, Location::caller(), Arc::clone(value)));
    locals
}

#[test]
fn a_clock_ticks_in_equal_steps() {
    for has_extension in [false, true] {
        let mut clock = Clock::new();
        if has_extension {
            assert!(clock.extend(Extension::new()).is_none());
        }
        assert_eq!(clock.has_extension(), has_extension);
        assert_eq!([clock.time(), clock.tick(), clock.tick(), clock.time()], [0, 4, 8, 8]);
        clock.set_any(40);
        assert_eq!([clock.time(), clock.tick(), clock.tick()], [40, 44, 48]);
    }
}

#[test]
fn there_is_one_extension_and_the_time_stays() {
    let mut clock = Clock::at(12);
    assert!(clock.locals().is_none() && clock.locals_mut().is_none());
    assert!(clock.extend(Extension::new()).is_none());
    assert!(clock.extend(Extension::new()).is_some());
    assert!(clock.locals().is_some_and(Map::is_empty));
    assert_eq!([clock.time(), clock.tick()], [12, 16]);
}

#[test]
fn local_bindings_are_there_until_the_clock_goes() {
    let value = Arc::new(());
    let clock = Clock::with(12, locals(&value));
    assert_eq!((clock.time(), clock.has_extension()), (12, true));
    assert!(!clock.copy_of_locals().is_empty());
    drop(clock);
    assert_eq!(Arc::strong_count(&value), 1);
    let bare = Clock::with(12, Map::new());
    assert_eq!((bare.time(), bare.has_extension()), (12, false));
}

#[test]
fn a_clock_is_bare_at_its_time() {
    let mut clock = Clock::at(12);
    assert!(clock.is_bare_at(&Clock::at(12)) && !clock.is_bare_at(&Clock::at(16)));
    clock.extend(Extension::new());
    assert!(!clock.is_bare_at(&Clock::at(12)) && !Clock::at(12).is_bare_at(&clock));
}

/// Counts who holds it.
struct Held(#[allow(dead_code, reason = "it is counted")] Arc<()>);

impl Ambient for Held {
    fn capture() -> Option<Self> {
        None
    }

    fn is_present() -> bool {
        true
    }

    fn enter(&self) {}

    fn exit(&self) {}
}

/// The time and the local bindings stay, whatever becomes of what is carried.
#[test]
fn what_is_carried_is_noted_while_it_is_entered() {
    let value = Arc::new(());
    let ambient = Held(Arc::clone(&value));
    let carried = Carried::new(Captured { ambient, others: None });
    for has_locals in [false, true] {
        let locals = if has_locals { locals(&value) } else { Map::new() };
        let mut clock = Clock::with(12, locals);
        assert!(!clock.is_entered() && clock.take_carried().is_none());
        clock.carry(carried.clone());
        assert!(clock.has_extension() && !clock.is_entered());
        let copy = clock.copy_of_carried();
        let held = 2 + usize::from(has_locals);
        assert_eq!((copy.time(), Arc::strong_count(&value)), (0, held));
        drop(copy);
        // SAFETY: what is returned here and below is not used.
        assert!(unsafe { clock.entered() }.is_none());
        // SAFETY: as above.
        assert!(unsafe { clock.begin_carried() }.is_some() && clock.is_entered());
        // SAFETY: as above.
        assert!(unsafe { clock.begin_carried() }.is_none() && clock.take_carried().is_none());
        // SAFETY: as above.
        assert!(unsafe { clock.entered() }.is_some_and(|(_, entered)| entered == Kinds::NONE));
        assert_eq!((clock.time(), clock.tick()), (12, 16));
        assert_eq!(clock.locals().is_some_and(|locals| !locals.is_empty()), has_locals);
        clock.end_carried();
        assert!(!clock.is_entered() && clock.take_carried().is_some());
        clock.carry(carried.clone());
        drop(clock);
        assert_eq!(Arc::strong_count(&value), 2, "the test and `carried`");
    }
    drop(carried);
    assert_eq!(Arc::strong_count(&value), 1);
    assert!(Clock::at(12).copy_of_carried().is_bare_at(&Clock::new()));
}
