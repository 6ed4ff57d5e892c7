//! The report: what is printed, what is kept as data, and which promises were broken.

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use crate::{options::Part, tally::Verdict};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results/headline.csv");
const TITLES: &str = "part,case,metric,value";

/// Prints, which fails if nobody reads any more.
pub(crate) fn print(text: impl fmt::Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
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
