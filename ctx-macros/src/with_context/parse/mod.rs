//! The input as the other modules see it. Nothing is reported or emitted here.
//!
//! Only as much is parsed as has to be known: all other tokens stay as they are, so that a body in syntax that syn does
//! not know, or half typed, is no obstacle.
//!
//! What the attribute is on:
//!
//! 1. `item.rs`: the item, by the keyword that `keyword.rs` finds at its head; `function.rs` with its `body.rs`, and
//!    `impl_block.rs`.
//! 2. `nested.rs`: an attribute inside a body, on a closure, a block, a `let` or a match arm.
//! 3. `block_on.rs`: the futures that a body gives to `block_on`.
//!
//! What is asked about it:
//!
//! 4. `attributes.rs`: the other attributes, and which of them must be expanded first.
//! 5. `return_type.rs`: whether a declared return type is that of a future. `types.rs` looks at types in general.
//! 6. `closure_body.rs`: what a closure returns whose return type is not declared.
//! 7. `source.rs`: whether tokens were written where they stand, or made by another macro.
//! 8. `tokens.rs` and `fragments.rs`: tokens that nobody parses, and what `macro_rules!` has substituted in them.

pub(crate) mod attributes;
pub(crate) mod block_on;
pub(crate) mod body;
pub(crate) mod closure_body;
mod fragments;
pub(crate) mod function;
pub(crate) mod impl_block;
pub(crate) mod item;
mod keyword;
pub(crate) mod nested;
pub(crate) mod return_type;
pub(crate) mod source;
pub(crate) mod tokens;
pub(crate) mod types;
