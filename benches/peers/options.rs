//! What the command line says.

use crate::table::Table;

/// The options of a run.
pub(crate) struct Options {
    /// Rounds of the first pass.
    pub(crate) rounds: usize,
    /// Idle tasks whose memory is counted.
    pub(crate) tasks: usize,
    quick: bool,
    table: Option<Table>,
    filter: Option<String>,
}

const USAGE: &str =
    "usage: cargo bench --manifest-path benches/Cargo.toml -- [--first | --second] [--quick] [PART OF A ROW'S NAME]

With --first or --second the rows of that table alone. Without options all is measured, which takes some minutes, and
benches/results is written.";

impl Options {
    pub(crate) fn from_args(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            rounds: 4001,
            tasks: 1_000_000,
            quick: false,
            table: None,
            filter: None,
        };
        for arg in args {
            match arg.as_str() {
                // What cargo adds.
                "--bench" => {}
                "--first" if options.table.is_none() => options.table = Some(Table::First),
                "--second" if options.table.is_none() => options.table = Some(Table::Second),
                "--quick" => {
                    options.quick = true;
                    options.rounds = 101;
                    options.tasks = 50_000;
                }
                name if !name.starts_with('-') && options.filter.is_none() => options.filter = Some(arg),
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(options)
    }

    pub(crate) fn tables(&self) -> Vec<Table> {
        self.table
            .map_or_else(|| vec![Table::First, Table::Second], |table| vec![table])
    }

    /// Whether the row of this name is to be measured.
    pub(crate) fn takes(&self, row: &str) -> bool {
        self.filter.as_ref().is_none_or(|part| row.contains(part.as_str()))
    }

    /// Whether the figures are fit to be kept.
    pub(crate) fn is_whole(&self) -> bool {
        !self.quick && self.table.is_none() && self.filter.is_none()
    }
}
