//! A node of the map: a table of slots. Versions of a node share what they have in common.
//!
//! Read `layout` first (the types, and how their memory is laid out), then `slot` (what a slot points to), `handle` (the
//! handles, and how a node is written in place), `base` (what a version borrows from), `version` (how one is made),
//! `release` (when a value and a node are freed) and `root` (the handle that a map begins with).
//!
//! # Versions
//!
//! A version of a node has the slots of the old node, but for one. It copies the whole table, so that a read looks into
//! one table. It does not count the handles in the table: it holds the old node, its *base*, and the base holds them. So a
//! version costs one allocation, a copy of some words and one count, however many slots are used.
//!
//! # When a replaced value is freed
//!
//! A version that held the whole base would keep the value alive that it replaces. So there are two handles. A [`NodeRef`](layout::NodeRef)
//! keeps what is in all slots of a node. A `BaseRef` keeps what is in all slots but one, the *overridden* slot. When the
//! last `NodeRef` of a node is dropped, nobody can show the overridden slot any more, and what is in it is released at
//! once. If the node borrows the overridden slot itself, it exchanges its hold on its own base for a `BaseRef`.
//!
//! All `BaseRef`s of a node override the same slot. This covers the usual case: each task binds its own request id over
//! the one outside. A version that needs another slot overridden counts the handles in its table, and has no base.
//!
//! # Why this is sound
//!
//! A node *owns* what is in some of its slots, and borrows the rest from its base.
//!
//! 1. While a node has a `NodeRef`, it is written only through a `NodeRef` that is its only handle, borrowed exclusively.
//!    After that only the thread that dropped the last `NodeRef` writes it (`owned`, `base` and the slots, in
//!    `release`). Whoever holds a `BaseRef` looks at the counts and at nothing else.
//! 2. What a node borrows in a slot is owned by exactly one node further down its chain of bases, and no `BaseRef` on the
//!    way overrides the slot that it lies in there.
//! 3. For a slot that a node owns, no node further down keeps a value of that variable alive, unless a `BaseRef` on the
//!    way overrides its slot.
//!
//! Nodes of a chain may have different widths. A base is as wide as the node above it, or narrower. The slot for a number
//! is the number modulo the width, and widths are powers of two. So slot `at` of a node corresponds to slot
//! `at & last` of a narrower base. Two slots of the wider node may correspond to one of the base, but the base has one
//! binding there, so at most one of the two borrows from it.
//!
//! # How long a chain is
//!
//! A node that owns nothing, or only what its new version replaces, is left out of the chain. So each node of a chain owns
//! a slot that is new in it. A node that no context shows any more has dropped what its child overrides; if it does not
//! own that and its base is held by a `BaseRef` already, it counts what it borrows and drops its base. So of the nodes that
//! only a chain keeps there are at most two for each slot of the widest node: 64. The other nodes of a chain are shown by
//! contexts that are alive.
//!
//! # What lost
//!
//! Each against a peer in the same run: a read against tokio's `task_local!` (2 ns), `set` and `reset` against a `Box`
//! (15 ns), the rest against opentelemetry's way (155 and 135 ns), with eight others bound.
//!
//! | | `get` | `set`, `reset` | `scope`, new | `scope`, bound | `sync_scope`, new |
//! | --- | --- | --- | --- | --- | --- |
//! | a trie of `Arc`s with 16 slots in a `Vec`, values in `Arc<dyn Any>` | 9.0 | 7.1 | 1.96 | 1.94 | 1.75 |
//! | this, with nodes and bindings from `malloc` | 0.9 | 2.6 | 0.6 | 0.6 | 0.48 |
//! | this, with bindings from `malloc` | 0.9 | 2.3 | 0.52 | 0.56 | 0.39 |
//! | this | 0.9 | 1.3 | 0.39 | 0.42 | 0.32 |
//!
//! Counting handles in place of borrowing them was out before it was tried: eight of them, cloned and dropped, take
//! 105 ns. A version that links to its base without a table of its own is smaller, but a read has to follow the links. A
//! table that is indexed by counting bits is smaller too, but where a processor of the target has no `popcnt`
//! instruction, counting takes longer than the rest of a read.

mod base;
mod handle;
mod layout;
mod release;
mod root;
mod slot;
mod version;

pub(crate) use self::layout::{BITS, NodeRef, NodeView, Slot};
pub(crate) use self::root::Root;
pub(crate) use self::slot::{Content, OwnedSlot};
