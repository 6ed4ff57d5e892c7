//! The tables of writers and readers, in Markdown.

use std::collections::BTreeMap;
use std::fmt;

use crate::compare::Outcome;
use crate::kinds::explain;
use crate::peer::Peer;
use crate::reasons::reasons;
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
        let [all, plain] = [self.samples.len(), PLAIN.len()];
        let random = all - plain;
        writeln!(f, "Right of {all} values, {plain} plain ones and {random} random ones (seed {SEED}):\n")?;
        self.counts(f, "from \\ to", self.direct)?;
        writeln!(f, "\nWhat does not arrive:\n")?;
        self.kinds(f, self.direct)?;
        writeln!(f, "\nRight of the same values with a service of ours between the two, after Python with")?;
        writeln!(f, "`plus_is_space(true)`:\n")?;
        self.counts(f, "from \\ through ours to", self.through)?;
        writeln!(f, "\nWhat does not arrive:\n")?;
        self.kinds(f, self.through)
    }
}

impl Table<'_> {
    fn counts(&self, f: &mut fmt::Formatter<'_>, corner: &str, outcomes: &[Outcome]) -> fmt::Result {
        let first = outcomes.first().map_or(0, |outcome| outcome.writer);
        let readers = outcomes.iter().filter(|outcome| outcome.writer == first).map(|outcome| outcome.reader);
        let readers: Vec<_> = readers.collect();
        write!(f, "| {corner} |")?;
        for &reader in &readers {
            write!(f, " {} |", self.peers[reader])?;
        }
        writeln!(f, "\n| --- |{}", " --: |".repeat(readers.len()))?;
        for row in outcomes.chunks(readers.len()) {
            write!(f, "| {} |", self.peers[row[0].writer])?;
            for outcome in row {
                write!(f, " {} |", self.samples.len() - outcome.wrong.len())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    /// A row for each writer, kind and reason.
    fn kinds(&self, f: &mut fmt::Formatter<'_>, outcomes: &[Outcome]) -> fmt::Result {
        let mut rows: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for outcome in outcomes {
            let [writer, reader] = [outcome.writer, outcome.reader].map(|peer| &self.peers[peer]);
            let (kinds, rest) = explain(self.samples, &outcome.wrong);
            for (kind, count) in kinds {
                let why = reasons(kind, writer, reader).join("; ");
                let key = (outcome.writer, kind.to_owned(), count, why);
                rows.entry(key).or_default().push(reader.to_string());
            }
            if !rest.is_empty() {
                let some = rest.iter().take(SHOWN).map(|value| format!("{value:?}")).collect::<Vec<_>>();
                let key = (outcome.writer, format!("others, as {}", some.join(", ")), rest.len(), String::new());
                rows.entry(key).or_default().push(reader.to_string());
            }
        }
        writeln!(f, "| from | to | what | values | why |\n| --- | --- | --- | --: | --- |")?;
        for ((writer, kind, count, why), readers) in rows {
            let why = if why.is_empty() { "unknown" } else { &why };
            writeln!(f, "| {} | {} | {kind} | {count} | {why} |", self.peers[writer], readers.join(", "))?;
        }
        Ok(())
    }
}
