//! A clock with an extension shows the time as one without.

use super::{Clock, Extension};
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
        assert_eq!([clock.time(), clock.tick(), clock.tick(), clock.time()], [0, 2, 4, 4]);
        clock.set_any(40);
        assert_eq!([clock.time(), clock.tick(), clock.tick()], [40, 42, 44]);
    }
}

#[test]
fn there_is_one_extension_and_the_time_stays() {
    let mut clock = Clock::at(6);
    assert!(clock.locals().is_none() && clock.locals_mut().is_none());
    assert!(clock.extend(Extension::new()).is_none());
    assert!(clock.extend(Extension::new()).is_some());
    assert!(clock.locals().is_some_and(Map::is_empty));
    assert_eq!([clock.time(), clock.tick()], [6, 8]);
}

#[test]
fn local_bindings_are_there_until_the_clock_goes() {
    let value = Arc::new(());
    let clock = Clock::with(6, locals(&value));
    assert_eq!((clock.time(), clock.has_extension()), (6, true));
    assert!(!clock.copy_of_locals().is_empty());
    drop(clock);
    assert_eq!(Arc::strong_count(&value), 1);
    let bare = Clock::with(6, Map::new());
    assert_eq!((bare.time(), bare.has_extension()), (6, false));
}

#[test]
fn a_clock_is_bare_at_its_time() {
    let mut clock = Clock::at(6);
    assert!(clock.is_bare_at(&Clock::at(6)) && !clock.is_bare_at(&Clock::at(8)));
    clock.extend(Extension::new());
    assert!(!clock.is_bare_at(&Clock::at(6)) && !Clock::at(6).is_bare_at(&clock));
}
