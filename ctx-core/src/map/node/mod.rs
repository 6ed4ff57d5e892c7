//! A node of the map: a table of slots. Versions of a node share what they have in common.
//!
//! Read `layout` first (the types, and how their memory is laid out), then `slot` (what a slot points to), `handle` (the
//! handles, and how a node is written in place), `base` (what a version borrows from), `version` (how one is made),
//! `release` (when a value and a node are freed) and `root` (the handle that a map begins with).
//!
//! # Versions
//!
//! A version of a node has the slots of the old node, but for one. It copies the whole table, so that a read looks into
//! one table. It takes no counted handles of its own to what is in the table: it holds the old node, its *base*, and the
//! base has them. So a version costs one allocation, a copy of some words and one count, however many slots are used.
//!
//! A node and its bases are a *chain*, and a base is further down the chain than the version over it. That is not the trie:
//! there a node in a slot is a *child* of its *parent*, one *level* deeper. Each child has a chain of its own.
//!
//! # When a replaced value is freed
//!
//! A version that held the whole base would keep the value alive that it replaces. So there are two handles. A `NodeRef`
//! keeps alive what is in all slots of a node. A `BaseRef` keeps alive what is in all slots but the *overridden* one, whose
//! content may be gone. When the last `NodeRef` of a node is dropped, nobody can show the overridden slot any more. If the
//! node owns what is in it, that is released at once. If the node borrows it, it exchanges its `NodeRef` on its base for a
//! `BaseRef` that overrides the slot of the same variable there, so that the base releases it in its turn. If the node owns
//! nothing, or can't exchange, it takes a handle to all else that it borrows, and drops its base.
//!
//! At any time all `BaseRef`s of a node override the same slot; when none is left, the next may choose another. This
//! covers the usual case: each task binds its own request id over the one outside. A version that would have to override a
//! different slot than the present `BaseRef`s takes handles to what is in its table, and has no base.
//!
//! # Why this is sound
//!
//! A node *owns* what is in some of its slots, and borrows the rest from its base.
//!
//! 0. Each binding lies in the slot of its number. Whoever writes a slot sees to that.
//! 1. While a node has a `NodeRef`, it is written only through a `NodeRef` that is its only handle, borrowed exclusively.
//!    Once the last `NodeRef` is dropped, only the thread that dropped it writes the node: `owned` and `base`, in
//!    `release`, and never a slot. Whoever has only a `BaseRef` may use the counts and the words of slots as addresses. It
//!    follows none of those: what it borrows it reads through its own table, and what the overridden one points to may
//!    be gone.
//! 2. What a node borrows is owned by the first node down its chain that owns the corresponding slot. No `BaseRef` between
//!    the two overrides that slot.
//! 3. Below a node that owns a slot, the chain may still have an older binding there. A `BaseRef` between the two overrides
//!    the older one, which is released when the last `NodeRef` of its owner is dropped.
//!
//! Nodes of a chain may have different widths. A base is as wide as the version over it, or narrower. The slot for a number
//! is the number modulo the width, and widths are powers of two. So slot `at` of a node corresponds to slot
//! `at & last` of a narrower base. Two slots of the wider node may correspond to one of the base, but the base has one
//! binding there, so at most one of the two borrows from it.
//!
//! # How deep a drop goes
//!
//! The drop of a node may free its base, and so on down the chain. It ends at the first node that another handle keeps. So
//! what counts are the nodes that only the chain keeps:
//!
//! - Those with a live value own different slots: of two bindings of one slot the older was overridden, and released. So
//!   there are at most 32.
//! - A version of a node that owns only what the version replaces borrows from that node's base instead. So a node gets to
//!   have nothing left only by an override that the node over it passed on, and that one still owns something: else it
//!   would have dropped its base. So there are at most 32 of these too, 64 in all.
//!
//! A chain as a whole may be longer, if contexts show its nodes; each of those is dropped by a call of its own. A child has
//! a chain of its own, so the depth is at most this for each of the seven levels. A value that holds a context goes deeper
//! through its own destructor, as a list of the user's own does.
//!
//! # Designs that were tried
//!
//! Times as multiples of a peer's in the same run: a read of a read of tokio's `task_local!` (2 ns), `set` and `reset` of a
//! `Box` made and dropped (15 ns), the rest of opentelemetry's way (155 and 135 ns), with eight others bound.
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
