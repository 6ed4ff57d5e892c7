//! The run-time of [`contextvars`](https://docs.rs/contextvars): variables, contexts, tokens and wrappers.
//!
//! Depend on `contextvars`. It re-exports all of this beside its macros, and has the guide.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bind;
mod context;
mod current;
mod descriptor;
mod future;
mod map;
mod variable;

pub use bind::{bind, bind_fn};
pub use context::{Change, Context, Diff, Iter};
pub use current::outside;
pub use future::context_ext::ContextExt;
pub use future::in_context::InContext;
pub use variable::any::Variable;
pub use variable::error::{ResetError, SetError};
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
