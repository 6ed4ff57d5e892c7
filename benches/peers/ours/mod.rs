//! This crate's side.

pub(crate) mod bound;
pub(crate) mod futures;
pub(crate) mod reads;
pub(crate) mod variables;
pub(crate) mod writes;
