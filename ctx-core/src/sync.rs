//! The atomics that reference counts are made of; those of `loom` when its models check them.

#[cfg(not(contextvars_loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

#[cfg(contextvars_loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
