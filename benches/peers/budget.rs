//! A budget: what a ratio, or a figure, must keep to.

use std::fmt;

/// The limit of a figure that has one.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    AtMost(f64),
    AtLeast(f64),
}

/// Two sides that are equal differ by less, in either direction.
const RESOLUTION: f64 = 0.005;

impl Budget {
    pub(crate) fn is_kept_by(self, figure: f64) -> bool {
        match self {
            Self::AtMost(limit) => figure <= limit * (1.0 + RESOLUTION),
            Self::AtLeast(limit) => figure >= limit * (1.0 - RESOLUTION),
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, limit) = match self {
            Self::AtMost(limit) => ("≤", limit),
            Self::AtLeast(limit) => ("≥", limit),
        };
        write!(f, "{sign} {}", (limit * 1000.0).round() / 1000.0)
    }
}
