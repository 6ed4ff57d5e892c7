//! A row: an operation, the subjects that do it, how they compare, and the figures that come of it.

use super::timing::{Rounds, Subject};
use std::fmt;
use std::time::Duration;

/// Something to measure under one heading.
pub(crate) trait Row {
    fn name(&self) -> &'static str;

    /// Measures, or adds to what was measured before.
    fn measure(&mut self, rounds: usize);

    fn figures(&self) -> Vec<Figure>;

    /// What to say of the row below the table.
    fn note(&self) -> Option<String> {
        None
    }
}

/// A row of times, in nanoseconds for one operation.
pub(crate) struct Timed {
    name: &'static str,
    subjects: Vec<Subject>,
    bars: Vec<Option<&'static str>>,
    /// Whose time is taken off all others: they are overheads.
    bare: Option<Id>,
    /// Those it is not taken off.
    whole: Vec<Id>,
    comparisons: Vec<Comparison>,
    rounds: Rounds,
}

/// A subject of a row.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Id(usize);

struct Comparison {
    subject: Id,
    of: Id,
    budget: Option<Budget>,
}

impl Timed {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            subjects: Vec::new(),
            bars: Vec::new(),
            bare: None,
            whole: Vec::new(),
            comparisons: Vec::new(),
            rounds: Rounds::default(),
        }
    }

    pub(crate) fn add(&mut self, name: impl Into<String>, run: impl FnMut(u64) -> Duration + 'static) -> Id {
        self.subjects.push(Subject::new(name, run));
        self.bars.push(None);
        Id(self.subjects.len() - 1)
    }

    /// Takes the time of `bare` off all others.
    pub(crate) fn over(&mut self, bare: Id) {
        self.bare = Some(bare);
    }

    /// Takes nothing off the subject.
    pub(crate) fn whole(&mut self, subject: Id) {
        self.whole.push(subject);
    }

    /// Shows the subject in the chart.
    pub(crate) fn bar(&mut self, subject: Id, name: &'static str) -> Id {
        self.bars[subject.0] = Some(name);
        subject
    }

    pub(crate) fn compare(&mut self, subject: Id, of: Id) {
        self.comparisons.push(Comparison {
            subject,
            of,
            budget: None,
        });
    }

    /// The subject may take at most `limit` times the time of the other.
    pub(crate) fn limit(&mut self, subject: Id, of: Id, limit: f64) {
        self.comparisons.push(Comparison {
            subject,
            of,
            budget: Some(Budget::AtMost(limit)),
        });
    }

    fn of(&self, nanos: &[f64], subject: Id) -> f64 {
        match self.bare {
            Some(bare) if bare != subject && !self.whole.contains(&subject) => nanos[subject.0] - nanos[bare.0],
            _ => nanos[subject.0],
        }
    }

    /// The median of the ratios in each round. A round in which the other took no time at all says nothing.
    fn ratio(&self, comparison: &Comparison) -> f64 {
        self.rounds.median(|nanos| {
            let other = self.of(nanos, comparison.of);
            (other > 0.0).then(|| self.of(nanos, comparison.subject) / other)
        })
    }
}

impl Row for Timed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn measure(&mut self, rounds: usize) {
        self.rounds.add(&mut self.subjects, rounds);
    }

    fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (at, subject) in self.subjects.iter().enumerate() {
            let nanos = self.rounds.median(|nanos| Some(self.of(nanos, Id(at))));
            let mut figure = Figure::new(self.name, &subject.name, nanos, "ns");
            figure.bar = self.bars[at];
            let mut comparisons = self
                .comparisons
                .iter()
                .filter(|comparison| comparison.subject == Id(at))
                .peekable();
            if comparisons.peek().is_none() {
                figures.push(figure);
                continue;
            }
            for comparison in comparisons {
                let mut compared = figure
                    .clone()
                    .compared(self.ratio(comparison), &self.subjects[comparison.of.0].name);
                compared.budget = comparison.budget;
                figures.push(compared);
                figure.bar = None;
            }
        }
        figures
    }
}

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
