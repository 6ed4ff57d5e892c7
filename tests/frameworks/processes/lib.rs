//! Variables in the headers of RPC, HTTP clients and message queues, each through the crate that sends them.
