//! The futures and calls that run in a context of their own: what captures one, and what enters it.
//!
//! In the order of a future's life:
//!
//! | | |
//! | --- | --- |
//! | [`capture`], [`start`] | a call of an annotated function captures the caller's context, or starts from an explicit one |
//! | `instance` | the context that a future owns, from the capture to its end, in 24 bytes |
//! | [`annotated`] | the future of an annotated `async fn`: an `async` block and an instance |
//! | [`in_context`], [`context_ext`] | the wrapper that users can name, and `in_context`, `in_current_context` |
//! | `scope` | `scope` and `sync_scope` of a variable |
//! | `first_poll` | which of the wrappers around a future apply to it |
//! | [`returned`] | functions that return a future: it goes on in the function's context |
//! | `destructor` | a context that is entered for the destructor of a future |
//! | `stream_and_sink`, `http_body` | the other traits of wrappers |

pub(crate) mod annotated;
pub(crate) mod capture;
pub(crate) mod context_ext;
mod destructor;
mod first_poll;
#[cfg(feature = "http-body")]
mod http_body;
pub(crate) mod in_context;
mod instance;
pub(crate) mod returned;
mod scope;
mod short_list;
pub(crate) mod start;
#[cfg(feature = "futures")]
mod stream_and_sink;
