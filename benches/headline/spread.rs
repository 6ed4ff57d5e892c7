//! The spread of a figure over many measurements.

use std::fmt;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    least: f64,
    lower_quartile: f64,
    pub(crate) median: f64,
    upper_quartile: f64,
    most: f64,
}

impl Spread {
    /// # Panics
    ///
    /// If there are no figures.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<_> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len() - 1;
        // Between two figures, what lies half way or a quarter of the way.
        let quarter = |quarters: usize| {
            let (index, rest) = (last * quarters / 4, last * quarters % 4);
            let next = sorted[(index + 1).min(last)];
            let part = [0.0, 0.25, 0.5, 0.75][rest];
            sorted[index] + (next - sorted[index]) * part
        };
        Self {
            least: quarter(0),
            lower_quartile: quarter(1),
            median: quarter(2),
            upper_quartile: quarter(3),
            most: quarter(4),
        }
    }

    pub(crate) fn places(&self) -> [(&'static str, f64); 5] {
        [
            ("least", self.least),
            ("lower_quartile", self.lower_quartile),
            ("median", self.median),
            ("upper_quartile", self.upper_quartile),
            ("most", self.most),
        ]
    }
}

/// In percent, signed, as a change.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:+.1} % ({:+.1} .. {:+.1}, quartiles {:+.1} .. {:+.1})",
            self.median, self.least, self.most, self.lower_quartile, self.upper_quartile,
        )
    }
}
