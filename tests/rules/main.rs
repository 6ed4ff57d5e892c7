//! A module for each rule: what it promises, and what would be seen if it were broken.
//!
//! R4 is in `wrapper_order`, R11 in `cost`.

#[path = "../common/mod.rs"]
mod common;

mod r01_captured_at_the_call;
mod r02_a_context_of_its_own;
mod r03_plain_async_fns_share;
mod r05_no_write_without_an_owner;
mod r06_whole_context_restore;
mod r07_destructors_see_the_context;
mod r08_user_code_under_no_borrow;
mod r09_threads_start_empty;
mod r10_thread_teardown_is_calm;
mod r12_freed_when_nobody_can_read;
