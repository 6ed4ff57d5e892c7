//! A row: an operation, the subjects that do it, and how they compare.

use crate::budget::Budget;
use crate::figure::Figure;
use crate::rounds::{Rounds, Subject};
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
