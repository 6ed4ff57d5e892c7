//! Layers for the header of the feature `baggage`, in both directions.

mod condition;
mod extract;
mod inject;

pub use condition::{Always, Condition};
pub use extract::{ExtractLayer, ExtractService};
pub use inject::{InjectLayer, InjectService};
