//! The macros in a crate of edition 2024.

#![deny(warnings)]
#![cfg(test)]

#[path = "../../shapes/mod.rs"]
mod shapes;
