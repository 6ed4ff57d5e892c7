//! Variables beyond one process: in the `baggage` header of requests and messages, as [W3C Baggage] has it.
//!
//! A [`Baggage`] says which variables go out, and under which names. [`inject`](Baggage::inject) writes what is bound
//! in the current context into a [`Carrier`], [`extract`](Baggage::extract) reads one. Services in other languages read
//! and write the same header through opentelemetry.
//!
//! ```
//! use contextvars::baggage::Baggage;
//! use contextvars::{Context, context_var};
//! use http::HeaderMap;
//! use std::sync::LazyLock;
//!
//! #[context_var]
//! static TENANT: String;
//! #[context_var]
//! static USER_ID: u64;
//!
//! static BAGGAGE: LazyLock<Baggage> =
//!     LazyLock::new(|| Baggage::new().with("tenant", &TENANT).with("user.id", &USER_ID));
//!
//! // The sender, in the context of a request:
//! let mut headers = HeaderMap::new();
//! # let mut request = Context::new().with(&TENANT, "J\u{fc}rgen & co".to_owned()).with(&USER_ID, 7);
//! # request.run(|| {
//! let left_out = BAGGAGE.inject(&mut headers);
//! assert!(left_out.is_empty());
//! # });
//! assert_eq!(headers["baggage"], "tenant=J%C3%BCrgen%20%26%20co,user.id=7");
//!
//! // The receiver:
//! let received = BAGGAGE.extract(&headers);
//! assert!(received.rejected.is_empty());
//! assert_eq!(received.context.get(&TENANT).unwrap(), "J\u{fc}rgen & co");
//! assert_eq!(received.context.get(&USER_ID), Some(&7));
//! ```
//!
//! The [layers](crate::tower::ExtractLayer) of the feature `tower` do both for each request, and with the feature
//! `opentelemetry` a [`Propagator`] does it in what opentelemetry instruments. The guide [Across
//! processes](crate::guide::across_processes) has both from nothing, the recipes for gRPC and message queues, what the
//! other languages do to a value, and what a hop costs.
//!
//! # What is sent
//!
//! Nothing that is not named in the `Baggage`, and of that what is *bound*: a default is not. Variables with `local`
//! are refused, and those with `redact` too unless they are named by [`with_secret`](Baggage::with_secret).
//!
//! All bytes of a value's UTF-8 but `A-Za-z0-9-._~` are percent-encoded, so that a value can't end a member, a header
//! or a line. Members that others have put there stay as they are, byte for byte. Those that have a name of ours are
//! replaced, and removed where the variable is not bound: a header that is passed on can't carry an identity that the
//! context does not have.
//!
//! # What is read
//!
//! The members with our names; all others are ignored. Of several with one name the last counts, as in the readers of
//! opentelemetry. What can't be read is [`Rejected`], is no error, and costs that member alone: the variable stays as
//! it is in the current context. No input panics. The time that reading takes is proportional to the length of the
//! header, and the memory is bounded by 4,096 bytes for each variable, whatever was sent.
//!
//! Bytes that are not UTF-8 are rejected. The recommendation wants U+FFFD in their place; then two names that differ
//! would read as one, which an identity can't afford.
//!
//! The header says what its sender has written. **Who the sender is must be known from elsewhere**: see
//! [`ExtractLayer::only_if`](crate::tower::ExtractLayer::only_if).
//!
//! # Your own code in it
//!
//! `Display`, `FromStr` and the functions of [`with_codec`](Baggage::with_codec) run in the context that is sent, or in
//! the one that is being received, under no lock. If one panics, the panic goes to the caller of `inject` or `extract`.
//! The carrier is written after all of them have returned, so it then is as it was.
//!
//! [W3C Baggage]: https://www.w3.org/TR/baggage/

mod carrier;
mod codec;
mod definition;
#[cfg(any(feature = "opentelemetry", feature = "tower"))]
pub(super) mod hook;
mod left_out;
mod limits;
mod list;
mod member;
#[cfg(feature = "opentelemetry")]
mod own_baggage;
mod percent;
#[cfg(feature = "opentelemetry")]
mod propagator;
mod reader;
mod received;
mod rejected;
mod transfer;
mod writer;

pub use carrier::Carrier;
pub use definition::Baggage;
pub use left_out::{LeftOut, LeftOutReason};
#[cfg(feature = "opentelemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
pub use own_baggage::OwnBaggage;
#[cfg(feature = "opentelemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
pub use propagator::Propagator;
pub use received::Received;
pub use rejected::{Rejected, RejectedReason};
