//! W3C Baggage: what is written, what is read, what is refused, and what it takes.
#![cfg(feature = "baggage")]

mod bounds;
mod carriers;
mod codecs;
mod common;
#[cfg(feature = "tower")]
mod layers;
#[cfg(feature = "opentelemetry")]
mod propagators;
mod reading;
mod round_trips;
mod security;
mod set_up;
mod writing;
