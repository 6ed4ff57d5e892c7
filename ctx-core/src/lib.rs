//! The run-time of [`contextvars`](https://docs.rs/contextvars): variables, contexts, tokens and wrappers.
//!
//! Depend on `contextvars`, which re-exports all of this beside its macros, and holds the guide.
//!
//! Arrows run one way: wrappers ([`InContext`], [`bind`]) → the current frame → [`Context`] → the persistent map.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
mod aborts;
mod annotated;
mod bind;
mod binding;
#[cfg(feature = "http-body")]
mod body;
mod boxed;
mod capture;
mod clock;
mod context;
mod counts;
mod current;
mod default;
mod diff;
mod drops;
mod error;
mod few;
mod finish;
mod frame;
mod heard;
mod holder;
mod info;
mod instance;
mod kind;
mod layer;
mod map;
#[cfg(all(test, contextvars_loom))]
mod models;
mod node;
mod outcome;
mod returning;
mod scope;
mod show;
mod shown;
mod spare;
mod start;
#[cfg(feature = "futures")]
mod stream;
mod sync;
mod token;
mod var;
mod variable;
mod wrapper;

pub use bind::{bind, bind_fn};
pub use context::{Context, Iter};
pub use current::outside;
pub use diff::{Change, Diff};
pub use error::{ResetError, SetError};
pub use shown::Shown;
pub use token::{Guard, Token};
pub use var::{ContextVar, Kind, NoDefault, Value, WithDefault};
pub use variable::Variable;
pub use wrapper::{ContextExt, InContext};

/// What the macros emit calls of. Not part of the public interface: it may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::annotated::Annotated;
    pub use crate::boxed::Boxed;
    pub use crate::capture::{Bound, Capture};
    pub use crate::holder::Holder;
    pub use crate::info::Reach;
    pub use crate::kind::{derived, left_out, named, opaque, written, written_in_part};
    pub use crate::layer::Layer;
    pub use crate::outcome::KindOf;
    pub use crate::returning::{ReturningAlias, ReturningValue};
    pub use crate::show::{NoDebug, Show};
    pub use crate::start::{Captured, Explicit, Start};
    pub use crate::var::{ContextVar, Declared, NoDefault, WithDefault};
    pub use crate::wrapper::InContext;
}
