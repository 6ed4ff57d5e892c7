//! The feature `tokio`: whatever spawns there spawns tasks that inherit.
//!
//! `ways.rs` lists all ways to spawn. What each of them promises is tested on all of them.

#[path = "../common/mod.rs"]
mod common;

mod drops;
mod inheritance;
mod panics;
mod ways;
