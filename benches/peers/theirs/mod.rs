//! The peers' side, a file each.

pub(crate) mod dcontext;
pub(crate) mod execution_context;
pub(crate) mod fastrace;
mod one_value;
pub(crate) mod opentelemetry;
pub(crate) mod task_local;
pub(crate) mod tokio;
pub(crate) mod tokio_inherit;
pub(crate) mod tracing;

/// What two of the peers need once for a program.
pub(crate) fn set_up() {
    dcontext::set_up();
    tracing::set_up();
}
