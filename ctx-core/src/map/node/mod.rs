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
//! A version that held the whole base would keep the value alive that it replaces. So there are two handles. A `NodeRef`
//! keeps alive what is in all slots of a node. A `BaseRef` keeps alive what is in all slots but the *overridden* one, whose
//! content may be gone. When the last `NodeRef` of a node is dropped, nobody can show the overridden slot any more, and
//! what is in it is released at once. If the node borrows the overridden slot itself, it exchanges its `NodeRef` on its
//! base for a `BaseRef` that overrides the corresponding slot. Where it can't, it counts what else it borrows and drops
//! its base.
//!
//! At any time all `BaseRef`s of a node override the same slot; when none is left, the next may choose another. This
//! covers the usual case: each task binds its own request id over the one outside. A version that needs another slot
//! overridden counts the handles in its table, and has no base.
//!
//! # Why this is sound
//!
//! A node *owns* what is in some of its slots, and borrows the rest from its base.
//!
//! 0. Each binding lies in the slot of its number. Whoever writes a slot sees to that.
//! 1. While a node has a `NodeRef`, it is written only through a `NodeRef` that is its only handle, borrowed exclusively.
//!    After that only the thread that dropped the last `NodeRef` writes it: `owned` and `base`, in `release`. Whoever
//!    holds a `BaseRef` reads the counts and the words of slots, and never what an overridden slot points to. What is
//!    borrowed is read through one's own table.
//! 2. What a node borrows in a slot is owned by exactly one node further down its chain of bases, and no `BaseRef` on the
//!    way overrides the slot that it lies in there.
//! 3. If a node owns a slot, nodes further down its chain may still have an older binding of that variable. Then a
//!    `BaseRef` on the way overrides it, and it is freed when no context shows its node any more.
//!
//! Nodes of a chain may have different widths. A base is as wide as the node above it, or narrower. The slot for a number
//! is the number modulo the width, and widths are powers of two. So slot `at` of a node corresponds to slot
//! `at & last` of a narrower base. Two slots of the wider node may correspond to one of the base, but the base has one
//! binding there, so at most one of the two borrows from it.
//!
//! # How long a chain is
//!
//! A version of a node that owns nothing, or only what the version replaces, borrows from that node's base instead. When no
//! context shows a node any more, it releases the overridden slot if it owns it. If it borrows it, it passes the override
//! on to its base; if it owns nothing, or the base can't take the override, it counts what it borrows and drops its base.
//! So a node that has nothing left has one directly above it that owns a slot which no other such node owns: a chain alone
//! keeps at most two nodes for each slot of the widest, 64. Versions that a context shows are dropped one by one, and
//! each drop goes no further than the nodes that only the chain keeps.
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
