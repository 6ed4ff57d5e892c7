//! A kind of ambient state: a name that a thread has, or has not.

use std::cell::RefCell;
use std::sync::Arc;

use contextvars::{Ambient, carry, context_var};

use crate::common::OnDrop;

#[context_var]
pub(crate) static NAME: &str = "nobody";

thread_local! {
    static CURRENT: RefCell<Option<Tag>> = const { RefCell::new(None) };
}

/// Whoever holds it holds a count of what it was made of.
#[derive(Clone)]
pub(crate) struct Tag(&'static str, #[allow(dead_code, reason = "it is counted")] Arc<()>);

/// Makes a tag the thread's until this is dropped.
struct Entered(Option<Tag>);

impl Drop for Entered {
    fn drop(&mut self) {
        // A thread that ends may have no such thing any more.
        let _ = CURRENT.try_with(|current| current.replace(self.0.take()));
    }
}

fn enter(tag: Option<Tag>) -> Entered {
    Entered(CURRENT.try_with(|current| current.replace(tag)).ok().flatten())
}

impl Ambient for Tag {
    fn capture() -> Option<Self> {
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    fn is_present() -> bool {
        CURRENT.try_with(|current| current.borrow().is_some()).unwrap_or(true)
    }

    fn enter(&self) {
        let before = CURRENT.try_with(|current| current.replace(Some(self.clone())));
        assert!(before.ok().flatten().is_none(), "it is entered where there is none");
    }

    fn exit(&self) {
        let _entered = CURRENT.try_with(RefCell::take);
    }
}

/// The thread's tag.
pub(crate) fn tag() -> Option<&'static str> {
    Tag::capture().map(|tag| tag.0)
}

/// Calls `f` on a thread that has the tag.
pub(crate) fn tagged<R>(name: &'static str, f: impl FnOnce() -> R) -> R {
    tagged_with(&Arc::new(()), name, f)
}

/// The same with a tag whose holders are counted.
pub(crate) fn tagged_with<R>(held: &Arc<()>, name: &'static str, f: impl FnOnce() -> R) -> R {
    carry::<Tag>();
    let _left = enter(Some(Tag(name, Arc::clone(held))));
    f()
}

/// Calls `f` on a thread that has none.
pub(crate) fn untagged<R>(f: impl FnOnce() -> R) -> R {
    let _left = enter(None);
    f()
}

/// How many hold a tag that was made of this.
pub(crate) fn holders(held: &Arc<()>) -> usize {
    Arc::strong_count(held) - 1
}

/// What there is: the thread's tag, and the context's name.
pub(crate) type Here = (Option<&'static str>, &'static str);

pub(crate) fn here() -> Here {
    (tag(), NAME.get())
}

/// Says at its drop what there is.
pub(crate) fn probe(mut say: impl FnMut(Here)) -> OnDrop<impl FnMut()> {
    OnDrop(move || say(here()))
}
