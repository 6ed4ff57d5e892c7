//! Executors that are too heavy for the main test run.
