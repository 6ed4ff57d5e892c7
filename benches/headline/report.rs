//! The report: what is printed, what is kept as data, and which promises were broken; tables, and the spread of a figure.

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use crate::caller::Verdict;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results/headline.csv");
const TITLES: &str = "part,case,metric,value";

/// Prints. Fails if the reader has closed the pipe.
pub(crate) fn print(text: impl fmt::Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// A part of the program, which has figures of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Connections,
    Migration,
    Overhead,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Connections, Self::Migration, Self::Overhead];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Migration => "migration",
            Self::Overhead => "overhead",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Report {
    measured: Vec<Part>,
    lines: Vec<String>,
    broken: Vec<String>,
}

impl Report {
    pub(crate) fn begin(&mut self, part: Part) {
        self.measured.push(part);
    }

    /// Keeps a figure of the part that was begun last.
    pub(crate) fn keep(&mut self, case: &str, metric: &str, value: impl fmt::Display) {
        let part = self.measured.last().expect("a part was begun");
        self.lines.push(format!("{},{case},{metric},{value:.3}", part.name()));
    }

    pub(crate) fn promise(&mut self, kept: bool, promise: String) {
        if !kept {
            self.broken.push(promise);
        }
    }

    /// No reply lost, and every identity the right one.
    pub(crate) fn promise_identities(&mut self, case: &str, verdict: Verdict) {
        let Verdict {
            answered, lost, leaks, ..
        } = verdict;
        self.promise(answered > 0, format!("{case}: no reply"));
        self.promise(lost == 0, format!("{case}: {lost} replies lost"));
        self.promise(leaks == 0, format!("{case}: {leaks} wrong identities"));
    }

    /// Writes the figures, in place of older ones of the same parts.
    pub(crate) fn save(&self) -> io::Result<()> {
        let file = Path::new(FILE);
        let older = fs::read_to_string(file).unwrap_or_default();
        let others = older.lines().skip(1).filter(|line| {
            let part = line.split(',').next();
            self.measured.iter().all(|measured| Some(measured.name()) != part)
        });
        let mut text = format!("{TITLES}\n");
        for line in others.chain(self.lines.iter().map(String::as_str)) {
            text.push_str(line);
            text.push('\n');
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, text)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        for promise in &self.broken {
            eprintln!("headline: broken promise: {promise}");
        }
        if self.broken.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// A table of text: the first column to the left, the others to the right.
#[derive(Clone, Debug)]
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(titles: [&str; N]) -> Self {
        Self {
            rows: vec![titles.map(str::to_owned)],
        }
    }

    pub(crate) fn add(&mut self, row: [String; N]) {
        self.rows.push(row);
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut widths = [0; N];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        for row in &self.rows {
            write!(f, "{:<1$}", row[0], widths[0])?;
            for (cell, width) in row.iter().zip(widths).skip(1) {
                write!(f, "  {cell:>width$}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// The spread of a figure over many measurements.
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
