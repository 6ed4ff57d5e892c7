//! Models of the reference counts: loom runs each of them in every order with at most three preemptions, and with all that
//! memory order allows.
//! A handle is a count and a pointer, and loom sees the count alone. So the values tell it when they are read and when
//! they go: it fails if one goes while it may still be read, and the models look whether each goes once, and in time.

use crate::descriptor::debug::Show;
use crate::descriptor::{DescriptorOf, Reach};
use crate::map::Map;
use crate::map::binding::{BindingRef, BindingView};
use loom::model::Builder;
use loom::sync::atomic::AtomicU32;
use loom::thread::{self, JoinHandle};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicBool, Ordering};

static A: DescriptorOf<Value> = DescriptorOf::new("A", Show::REDACTED, Reach::Inherited);
static B: DescriptorOf<Value> = DescriptorOf::new("B", Show::REDACTED, Reach::Inherited);
static C: DescriptorOf<Value> = DescriptorOf::new("C", Show::REDACTED, Reach::Inherited);
/// In the way of `A` at any width, so that the two are in a node below.
static BELOW: DescriptorOf<Value> = DescriptorOf::new("BELOW", Show::REDACTED, Reach::Inherited);

/// A number that loom watches.
struct Value {
    number: AtomicU32,
    times_freed: Arc<atomic::AtomicU32>,
}

impl Drop for Value {
    fn drop(&mut self) {
        // Fails if there is a read that nothing puts before this.
        self.number.with_mut(|number| *number = 0);
        self.times_freed.fetch_add(1, Ordering::Relaxed);
    }
}

/// What is known of a value from outside. Fails at the end if it was not freed, or more than once.
struct Watch(Arc<atomic::AtomicU32>);

impl Watch {
    fn is_freed(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.0.load(Ordering::Relaxed), 1, "how often the value was freed");
        }
    }
}

/// A new binding. The watch comes first, here and below, so that it goes last.
fn binding(variable: &'static DescriptorOf<Value>, number: u32) -> (Watch, BindingRef) {
    let times_freed = Arc::default();
    let value = Value {
        number: AtomicU32::new(number),
        times_freed: Arc::clone(&times_freed),
    };
    (Watch(times_freed), BindingRef::new(variable, Location::caller(), value))
}

/// A map that owns all that is in it: each of the variables is 1.
fn ones<const N: usize>(variables: [&'static DescriptorOf<Value>; N]) -> ([Watch; N], Map) {
    let mut map = Map::new();
    let watches = variables.map(|variable| {
        let (watch, binding) = binding(variable, 1);
        assert!(map.insert(binding).is_none());
        watch
    });
    (watches, map)
}

fn with(map: &Map, variable: &'static DescriptorOf<Value>, number: u32) -> (Watch, Map) {
    let (watch, binding) = binding(variable, number);
    (watch, map.with(binding))
}

fn number(handle: BindingView<'_>, variable: &'static DescriptorOf<Value>) -> u32 {
    let value = handle.value(variable).expect("a binding of this variable");
    value.number.load(Ordering::Relaxed)
}

fn read<const N: usize>(map: &Map, variables: [&'static DescriptorOf<Value>; N]) -> [u32; N] {
    variables.map(|variable| number(map.find(variable).expect("all of them are bound"), variable))
}

/// Runs `f` in every order in which threads take turns, but for those with more than three interruptions.
fn model(f: impl Fn() + Send + Sync + 'static) {
    for (number, variable) in [(1, &A), (2, &B), (3, &C), (33, &BELOW)] {
        variable.assign_this_number(number);
    }
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(f);
}

fn join<T>(thread: JoinHandle<T>) -> T {
    thread.join().expect("loom ends at the first panic")
}

#[test]
fn the_last_handle_to_a_binding_frees_it() {
    model(|| {
        let (_watch, one) = binding(&A, 1);
        let other = one.clone();
        let thread = thread::spawn(move || {
            let third = other.clone();
            drop(other);
            assert_eq!(number(third.view(), &A), 1);
        });
        assert_eq!(number(one.view(), &A), 1);
        drop(one);
        join(thread);
    });
}

/// Drops a second handle beside the one in a map, while a thread has what `other` has made of the two.
fn drop_twin_beside<T: Send + 'static>(other: fn(&BindingRef, &Map) -> T, read: fn(T)) {
    model(move || {
        let (_watch, duplicate) = binding(&A, 1);
        let mut map = Map::new();
        assert!(map.insert(duplicate.clone()).is_none());
        let other = other(&duplicate, &map);
        let thread = thread::spawn(move || read(other));
        map.drop_duplicate(duplicate);
        drop(map);
        join(thread);
    });
}

#[test]
fn a_twin_goes_beside_another_handle() {
    drop_twin_beside(
        |duplicate, _| duplicate.clone(),
        |other| assert_eq!(number(other.view(), &A), 1),
    );
}

#[test]
fn a_twin_goes_beside_another_map() {
    drop_twin_beside(
        |_, map| map.clone(),
        |mut other| {
            let (_new, new) = binding(&A, 2);
            let displaced = other.insert(new).expect("bound");
            assert_eq!(number(displaced.view(), &A), 1);
            drop(other);
        },
    );
}

#[test]
fn the_last_handle_to_a_node_frees_it() {
    model(|| {
        let (_watches, one) = ones([&A, &B]);
        let other = one.clone();
        let thread = thread::spawn(move || {
            let third = other.clone();
            drop(other);
            assert_eq!(read(&third, [&A]), [1]);
        });
        assert_eq!(read(&one, [&A]), [1]);
        drop(one);
        join(thread);
    });
}

/// Writes `A` where it is in a map, if that can be, while a thread reads `other`. Both happens.
fn write_beside(other: fn(&Map) -> (Option<Watch>, Map)) {
    let seen = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
    let all = Arc::clone(&seen);
    model(move || {
        let (_watches, mut map) = ones([&A, &B]);
        let (_other, other) = other(&map);
        let thread = thread::spawn(move || assert_eq!(read(&other, [&A, &A]), [1, 1]));
        let (_new, new) = binding(&A, 2);
        let mut binding = Some(new);
        let is_written = map.swap_in_place(&A, &mut binding);
        drop(binding);
        seen[usize::from(is_written)].store(true, Ordering::Relaxed);
        assert_eq!(read(&map, [&A, &B]), [1 + u32::from(is_written), 1]);
        drop(map);
        join(thread);
    });
    assert!(all.iter().all(|seen| seen.load(Ordering::Relaxed)));
}

#[test]
fn a_node_is_not_written_while_somebody_shows_it() {
    write_beside(|map| (None, map.clone()));
}

#[test]
fn a_node_is_not_written_while_somebody_borrows_from_it() {
    write_beside(|map| {
        let (watch, version) = with(map, &B, 2);
        (Some(watch), version)
    });
}

/// R12
#[test]
fn what_a_version_replaces_goes_with_the_last_who_shows_it() {
    model(|| {
        let ([a, b], map) = ones([&A, &B]);
        let other = map.clone();
        let thread = thread::spawn(move || assert_eq!(read(&other, [&B]), [1]));
        let (_new, version) = with(&map, &B, 2);
        drop(map);
        join(thread);
        assert!(b.is_freed() && !a.is_freed());
        assert_eq!(read(&version, [&A, &B]), [1, 2]);
    });
}

#[test]
fn a_version_goes_while_what_it_replaces_goes() {
    model(|| {
        let (_watches, map) = ones([&A, &B]);
        let (_new, version) = with(&map, &B, 2);
        let thread = thread::spawn(move || assert_eq!(read(&map, [&A, &B]), [1, 1]));
        assert_eq!(read(&version, [&A, &B]), [1, 2]);
        drop(version);
        join(thread);
    });
}

/// Two threads make a version each, in which the variable is 2, while a third has the old one.
fn versions_of(map: Map, variables: [&'static DescriptorOf<Value>; 2]) -> [(Watch, Map); 2] {
    let threads = variables.map(|variable| {
        let map = map.clone();
        thread::spawn(move || with(&map, variable, 2))
    });
    assert_eq!(read(&map, [&B]), [1]);
    drop(map);
    threads.map(join)
}

/// R12
#[test]
fn two_versions_replace_the_same() {
    model(|| {
        let ([a, b], map) = ones([&A, &B]);
        let [(_one, one), (_other, other)] = versions_of(map, [&B, &B]);
        assert!(b.is_freed());
        assert_eq!(read(&one, [&A, &B]), [1, 2]);
        drop(one);
        assert!(!a.is_freed());
        assert_eq!(read(&other, [&A, &B]), [1, 2]);
    });
}

/// R12
#[test]
fn two_versions_replace_one_each() {
    model(|| {
        let ([a, b], map) = ones([&A, &B]);
        let [(_one, one), (_other, other)] = versions_of(map, [&A, &B]);
        assert!(!a.is_freed() && !b.is_freed());
        assert_eq!(read(&one, [&A, &B]), [2, 1]);
        drop(one);
        assert!(b.is_freed() && !a.is_freed());
        assert_eq!(read(&other, [&A, &B]), [1, 2]);
    });
}

/// R12, two generations: both threads replace what the version itself owns, and so borrow what it borrows.
#[test]
fn versions_of_a_version_borrow_what_it_borrows() {
    model(|| {
        let ([a, b], map) = ones([&A, &B]);
        let (new, version) = with(&map, &B, 2);
        let other = version.clone();
        let thread = thread::spawn(move || {
            let made = with(&other, &B, 3);
            drop(other);
            made
        });
        drop(map);
        let (_mine, mine) = with(&version, &B, 3);
        drop(version);
        assert_eq!(read(&mine, [&A, &B]), [1, 3]);
        drop(mine);
        let (_others, others) = join(thread);
        assert!(b.is_freed() && new.is_freed() && !a.is_freed());
        assert_eq!(read(&others, [&A, &B]), [1, 3]);
    });
}

/// R12, two generations: what was borrowed is replaced, while the last who shows all of that goes.
#[test]
fn a_version_of_a_version_replaces_what_was_borrowed() {
    model(|| {
        let ([a, b, c], map) = ones([&A, &B, &C]);
        let (new, version) = with(&map, &B, 2);
        let thread = thread::spawn(move || assert_eq!(read(&map, [&B]), [1]));
        let (_next, next) = with(&version, &A, 2);
        drop(version);
        assert_eq!(read(&next, [&A, &B, &C]), [2, 2, 1]);
        join(thread);
        assert!(a.is_freed() && b.is_freed() && !new.is_freed() && !c.is_freed());
        assert_eq!(read(&next, [&A, &B, &C]), [2, 2, 1]);
    });
}

/// R12: what a version borrowed from all of another map is replaced, and both go at the same time.
#[test]
fn what_was_borrowed_is_replaced_while_the_lender_goes() {
    model(|| {
        let ([a, b], map) = ones([&A, &B]);
        let (added, version) = with(&map, &C, 1);
        let (_next, next) = with(&version, &A, 2);
        let thread = thread::spawn(move || assert_eq!(read(&map, [&A, &B]), [1, 1]));
        drop(version);
        assert_eq!(read(&next, [&A, &B, &C]), [2, 1, 1]);
        join(thread);
        assert!(a.is_freed() && !b.is_freed() && !added.is_freed());
        assert_eq!(read(&next, [&A, &B, &C]), [2, 1, 1]);
    });
}

/// R12: nobody but the version is left of the old map when a version of it is made.
#[test]
fn a_node_without_a_handle_that_shows_it_hides_nothing_else() {
    model(|| {
        let ([a, b, c], map) = ones([&A, &B, &C]);
        let (_new, version) = with(&map, &B, 2);
        drop(map);
        assert!(b.is_freed());
        let other = version.clone();
        let thread = thread::spawn(move || assert_eq!(read(&other, [&A, &C]), [1, 1]));
        let (_next, next) = with(&version, &A, 2);
        drop(version);
        join(thread);
        assert!(a.is_freed() && !c.is_freed());
        assert_eq!(read(&next, [&A, &B, &C]), [2, 2, 1]);
    });
}

/// R12, in a node below: the handle to that is in the slot that a version replaces.
#[test]
fn a_node_below_goes_with_the_last_who_shows_it() {
    model(|| {
        let ([a, below, b], map) = ones([&A, &BELOW, &B]);
        let other = map.clone();
        let thread = thread::spawn(move || assert_eq!(read(&other, [&A]), [1]));
        let (_new, version) = with(&map, &A, 2);
        drop(map);
        join(thread);
        assert!(a.is_freed() && !below.is_freed() && !b.is_freed());
        assert_eq!(read(&version, [&A, &BELOW, &B]), [2, 1, 1]);
    });
}
