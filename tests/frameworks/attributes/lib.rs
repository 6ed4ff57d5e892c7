//! The attribute macros of other crates beside ours, each with the context seen at run time.
