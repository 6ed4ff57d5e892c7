//! The run-time of [`contextvars`](https://docs.rs/contextvars): variables, contexts, tokens and wrappers.
//!
//! Depend on `contextvars`. It re-exports all of this beside its macros, and has the guide.
//!
//! # The map of the house
//!
//! Each room uses those below it, and none above. Its `mod.rs` says what is in it, and in which order to read.
//!
//! ```text
//! bind.rs       closures that carry a context to another thread
//! future/       futures and calls that run in a context of their own
//! context/      the snapshot value `Context`
//! variable/     `ContextVar`: its calls, tokens, errors and default
//! current/      what is current on this thread: the frame, what is lent from it, the wrappers around it
//! ambient/      what other crates keep in thread-locals, and captures carry: spans and the like
//! map/          the persistent map of bindings: nodes, reference counts, free lists
//! descriptor/   what is known of a variable without its values
//! ```
//!
//! The way of one `get`, one `set` and one poll through it:
//!
//! ```text
//! USER.get()                            USER.set("alice")                      poll of an annotated future
//! variable/get.rs      with             variable/set.rs    try_set_at          future/annotated.rs  poll
//! current/read.rs      lend             map/binding.rs     BindingRef::new     future/instance/     enter
//!   current/thread.rs  frame_to_read    map/free_list.rs   allocate              first poll only:
//! map/mod.rs           find_in_first    current/write.rs   replace               future/first_poll.rs
//!   map/node/slot.rs   binding_of         nobody else sees the bindings:         EnclosingWrappers::of
//!   second level:                         map/node/handle.rs   swap            current/enter.rs     Previous
//!   LowerLevels::find                     else a new version:                  the `async` block is polled
//! current/loan.rs      lend_binding       map/node/version.rs  version_in      current/enter.rs     restore
//!   the closure gets a `&T`             variable/token.rs  Token               future/instance/     end_and_free
//! ```
//!
//! # Words
//!
//! Most terms are the field's. These have a meaning of their own here:
//!
//! - *binding*: a value, its variable, and the place where it was set, in one counted allocation.
//! - *frame*: a running context. It alone is written. Its *extension* holds the bindings of local variables,
//!   and what it carries.
//! - *carried*: what other crates keep in thread-locals, captured with the context and entered with its frame.
//! - *instance*: the context that a future owns: captured, then a frame, then over.
//! - *wrapper*: what gives a future a context: `scope`, `in_context`, `in_current_context`. An *enclosing* wrapper is
//!   one whose future is being polled further up the stack.
//! - *origin*: where and when something was captured or a wrapper was made. A wrapper *applies* to what is older and from
//!   the same place.
//! - *lost*: a context is lost if it was to be current where a variable is used, and is not. A read that finds nothing is a
//!   *miss*.
//! - *sealed*: no wrapper applies to a sealed capture, and none outside a sealed wrapper applies to what is inside.
//! - *prelude*: what an annotated function did before it returned a future. The future goes on in that function's
//!   context. It *restarts* if a wrapper changes what it goes on with.
//! - *base*: an older node that a version borrows from. The version *overrides* the one slot of it that it does not borrow,
//!   and does not keep alive what is there.
//! - *loan*: a value that is lent to a closure. What is replaced meanwhile is kept for it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod ambient;
mod bind;
mod context;
mod current;
mod descriptor;
mod future;
mod map;
mod variable;

pub use ambient::{Ambient, carry};
pub use bind::{bind, bind_fn};
pub use context::{Change, Context, Diff, Iter};
pub use current::outside;
pub use future::context_ext::ContextExt;
pub use future::in_context::InContext;
pub use variable::any::Variable;
pub use variable::error::{ResetError, SetError};
pub use variable::lost;
pub use variable::shown::Shown;
pub use variable::token::{Guard, Token};
pub use variable::{ContextVar, Kind, NoDefault, Value, WithDefault};

/// What the code that the macros emit calls. It is not part of the public interface, and may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::current::wrapper::Wrapper;
    pub use crate::descriptor::Reach;
    pub use crate::descriptor::debug::{NoDebug, Show};
    pub use crate::future::annotated::Annotated;
    pub use crate::future::capture::{Bound, Capture};
    pub use crate::future::in_context::InContext;
    pub use crate::future::returned::boxed::Boxed;
    pub use crate::future::returned::holder::Holder;
    pub use crate::future::returned::kind::{derived, left_out, named, opaque, written, written_in_part};
    pub use crate::future::returned::outcome::KindOf;
    pub use crate::future::returned::returning::{ReturningAlias, ReturningValue};
    pub use crate::future::start::{Captured, Explicit, Start};
    pub use crate::variable::{ContextVar, Declared, NoDefault, WithDefault};
}
