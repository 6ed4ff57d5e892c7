//! A figure: one line of the results.

use crate::budget::Budget;
use std::fmt;

/// What was measured of one subject.
#[derive(Clone)]
pub(crate) struct Figure {
    pub(crate) row: &'static str,
    pub(crate) subject: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// How it compares with another subject of the row.
    pub(crate) ratio: Option<f64>,
    /// The name of that one.
    pub(crate) of: String,
    /// Holds for the ratio, or without one for the value.
    pub(crate) budget: Option<Budget>,
    /// Its name in the chart, if it is shown there.
    pub(crate) bar: Option<&'static str>,
}

impl Figure {
    pub(crate) fn new(row: &'static str, subject: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            row,
            subject: subject.into(),
            value,
            unit,
            ratio: None,
            of: String::new(),
            budget: None,
            bar: None,
        }
    }

    pub(crate) fn compared(self, ratio: f64, of: impl Into<String>) -> Self {
        Self {
            ratio: Some(ratio),
            of: of.into(),
            ..self
        }
    }

    pub(crate) fn budgeted(self, budget: Budget) -> Self {
        Self {
            budget: Some(budget),
            ..self
        }
    }

    /// Within its budget, or without one.
    pub(crate) fn is_ok(&self) -> bool {
        self.budget
            .is_none_or(|budget| budget.is_kept_by(self.ratio.unwrap_or(self.value)))
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.row, self.subject)?;
        match self.ratio {
            Some(ratio) => write!(f, ": {ratio:.3} of {}", self.of)?,
            None => write!(f, ": {:.2} {}", self.value, self.unit)?,
        }
        match self.budget {
            Some(budget) => write!(f, ", where {budget} is allowed"),
            None => Ok(()),
        }
    }
}
