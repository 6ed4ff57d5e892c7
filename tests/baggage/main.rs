//! W3C Baggage: what is written, what is read, and what is refused.
#![cfg(feature = "baggage")]

mod wire;
