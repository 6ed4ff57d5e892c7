//! The tables of writers and readers, in Markdown.

use std::fmt;

use crate::compare::Outcome;
use crate::kinds::{KINDS, explain};
use crate::peer::Peer;
use crate::reasons::{REASONS, explains};
use crate::samples::{PLAIN, SEED};

/// More values of no one kind than these are only counted.
const SHOWN: usize = 3;

pub(crate) struct Table<'a> {
    pub(crate) peers: &'a [Peer],
    pub(crate) samples: &'a [String],
    pub(crate) direct: &'a [Outcome],
    pub(crate) through: &'a [Outcome],
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = PLAIN.len();
        let random = self.samples.len() - plain;
        writeln!(
            f,
            "So many of 1,000 values arrive as they were, from the writer of a row to the reader of a column, by HTTP between two"
        )?;
        writeln!(
            f,
            "processes (`.ci/interop` measures it). {plain} of the values are plain ones, such as an empty one, `a+b` and ` a`; {random} are"
        )?;
        writeln!(
            f,
            "random Unicode, of the seed {SEED}. The letters say what does not arrive:\n"
        )?;
        self.counts(f, "from \\ to", self.direct)?;
        writeln!(
            f,
            "\nThe same with a service of ours between the two, after Python with `plus_is_space(true)`:\n"
        )?;
        self.counts(f, "from \\ through ours to", self.through)?;
        writeln!(f)?;
        self.key(f)?;
        self.unexplained(f)
    }
}

impl Table<'_> {
    fn counts(&self, f: &mut fmt::Formatter<'_>, corner: &str, outcomes: &[Outcome]) -> fmt::Result {
        let rows: Vec<_> = outcomes.chunk_by(|a, b| a.way[0] == b.way[0]).collect();
        write!(f, "| {corner} |")?;
        for outcome in rows[0] {
            write!(f, " {} |", self.peers[outcome.reader()])?;
        }
        writeln!(f, "\n| --- |{}", " --: |".repeat(rows[0].len()))?;
        for row in rows {
            write!(f, "| {} |", self.peers[row[0].way[0]])?;
            for outcome in row {
                let (kinds, rest) = explain(self.samples, &outcome.wrong);
                let mut marks: Vec<_> = kinds.iter().map(|kind| kind.mark.to_string()).collect();
                if !rest.is_empty() {
                    marks.push("?".to_owned());
                }
                let marks = if marks.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", marks.join(" "))
                };
                write!(f, " {}{marks} |", self.samples.len() - outcome.wrong.len())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    /// What the letters stand for, and which package is the reason.
    fn key(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | what | values | why |\n| --- | --- | --: | --- |")?;
        for kind in &KINDS {
            let outcomes = self.direct.iter().chain(self.through);
            let mut wrong = outcomes.flat_map(|outcome| explain(self.samples, &outcome.wrong).0);
            if !wrong.any(|wrong| wrong.mark == kind.mark) {
                continue;
            }
            let reasons = REASONS.iter().filter(|reason| reason.mark == kind.mark);
            let reasons: Vec<_> = reasons
                .map(|reason| format!("{} {}", self.versioned(reason.package), reason.why))
                .collect();
            let values = self.samples.iter().filter(|value| (kind.has)(value)).count();
            writeln!(
                f,
                "| {} | {} | {values} | {} |",
                kind.mark,
                kind.name,
                reasons.join("; ")
            )?;
        }
        Ok(())
    }

    /// What nobody has found the reason of yet.
    fn unexplained(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for outcome in self.direct.iter().chain(self.through) {
            let way: Vec<_> = outcome.way.iter().map(|&peer| &self.peers[peer]).collect();
            let (kinds, rest) = explain(self.samples, &outcome.wrong);
            for kind in kinds.iter().filter(|kind| !explains(kind, &way)) {
                writeln!(f, "\nNo reason is known: {}, {}", outcome.way(self.peers), kind.name)?;
            }
            if !rest.is_empty() {
                let some = &rest[..rest.len().min(SHOWN)];
                writeln!(
                    f,
                    "\nNo kind is known: {}, {} values such as {some:?}",
                    outcome.way(self.peers),
                    rest.len()
                )?;
            }
        }
        Ok(())
    }

    fn versioned(&self, package: &str) -> String {
        let peer = self.peers.iter().find(|peer| peer.package.name == package);
        peer.map_or_else(
            || package.to_owned(),
            |peer| format!("{package} {}", peer.package.version).trim_end().to_owned(),
        )
    }
}
