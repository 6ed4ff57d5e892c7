//! The kinds of ambient state that are carried: a list that only grows, and that is read without a lock.

use super::carried::{Captured, Carried, Panic};
use super::reentrancy::unless_nested;
use super::state::Ambient;
use std::any::{TypeId, type_name};
use std::iter;
use std::panic;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// One kind, and those that were registered after it.
struct Kind {
    id: TypeId,
    name: &'static str,
    /// Captures this kind, and puts it before what was captured of the kinds after it.
    capture: fn(Option<Carried>) -> Option<Carried>,
    next: Link,
}

type Link = OnceLock<Box<Kind>>;

static FIRST: Link = Link::new();

/// Apart from the list, so that a capture compares one byte.
static IS_ANY_REGISTERED: AtomicBool = AtomicBool::new(false);

/// How many kinds there can be: what is entered is noted in the bits of a word.
const MOST: usize = 64;

/// Relaxed is enough: a capture that does not see a registration yet was made at the same time.
#[inline]
pub(crate) fn is_any_registered() -> bool {
    IS_ANY_REGISTERED.load(Ordering::Relaxed)
}

pub(super) fn register<A: Ambient>() {
    let mut kind = Box::new(Kind {
        id: TypeId::of::<A>(),
        name: type_name::<A>(),
        capture: capture_before::<A>,
        next: Link::new(),
    });
    let mut link = &FIRST;
    for place in 0.. {
        assert!(
            place < MOST,
            "`{}` can't be carried: there are {MOST} kinds already",
            type_name::<A>()
        );
        let Err(refused) = link.set(kind) else { break };
        let Some(other) = link.get() else {
            unreachable!("a link that refuses a kind has one")
        };
        if other.id == refused.id {
            break;
        }
        kind = refused;
        link = &other.next;
    }
    // By the second of two threads as well: the first may not have come here yet.
    IS_ANY_REGISTERED.store(true, Ordering::Relaxed);
}

/// The names of all kinds, without their paths, in the order in which they were registered.
#[inline]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    iter::successors(FIRST.get(), |kind| kind.next.get()).map(|kind| last_of_path(kind.name))
}

/// The name of a type without its path and its arguments.
fn last_of_path(path: &str) -> &str {
    // The path of a type that a method declares may begin with `<Type as Trait>`.
    let (mut start, mut depth) = (0, 0_usize);
    for (index, character) in path.char_indices() {
        match character {
            '<' if depth == 0 && index > start => return &path[start..index],
            '<' => depth += 1,
            '>' if !path[..index].ends_with('-') => depth = depth.saturating_sub(1),
            ':' if depth == 0 => start = index + 1,
            _ => {}
        }
    }
    &path[start..]
}

/// What this thread has of all kinds, in the order in which they were registered.
///
/// Does not unwind. A panic of [`Ambient::capture`] goes on where what was captured is first entered.
pub(crate) fn capture() -> Option<Carried> {
    unless_nested(|| capture_from(&FIRST)).flatten()
}

fn capture_from(link: &'static Link) -> Option<Carried> {
    let kind = link.get()?;
    (kind.capture)(capture_from(&kind.next))
}

fn capture_before<A: Ambient>(others: Option<Carried>) -> Option<Carried> {
    match panic::catch_unwind(A::capture) {
        Ok(Some(ambient)) => Some(Carried::new(Captured { ambient, others })),
        Ok(None) => others,
        Err(panic) => Some(Carried::new(Panic::new(panic, others))),
    }
}
