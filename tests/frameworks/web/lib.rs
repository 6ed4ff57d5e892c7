//! The macros of web and RPC frameworks beside ours, each with the context seen through the real framework.
