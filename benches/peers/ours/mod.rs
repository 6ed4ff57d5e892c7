//! This crate's side.

pub(crate) mod bound;
pub(crate) mod futures;
pub(crate) mod large;
pub(crate) mod reads;
pub(crate) mod returned;
pub(crate) mod variables;
pub(crate) mod wrappers;
pub(crate) mod writes;
