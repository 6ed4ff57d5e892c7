//! The macros in a crate of edition 2021.

#![deny(warnings)]
#![cfg(test)]

#[path = "../../shapes/mod.rs"]
mod shapes;
