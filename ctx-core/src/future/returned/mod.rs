//! Functions and closures that return a future or a stream: it goes on in the context that they ran in.
//!
//! `outcome` is what such a function has returned, with its context. What is done with it depends on its type, which the
//! macros don't know: `kind` asks the compiler, `finish` does it. `boxed` and `holder` are the traits of types that stay as
//! they are written, `returning` is for `async fn`s that return a future.

pub(crate) mod boxed;
pub(crate) mod finish;
pub(crate) mod holder;
pub(crate) mod kind;
pub(crate) mod outcome;
pub(crate) mod returning;
