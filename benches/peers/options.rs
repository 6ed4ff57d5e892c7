//! What the command line says.

/// The options of a run.
pub(crate) struct Options {
    /// Rounds of the first pass.
    pub(crate) rounds: usize,
    /// Idle tasks whose memory is counted.
    pub(crate) tasks: usize,
    quick: bool,
    filter: Option<String>,
}

const USAGE: &str = "usage: cargo bench --manifest-path benches/Cargo.toml -- [--quick] [PART OF A ROW'S NAME]

Without options all is measured, which takes some minutes, and benches/results is written.";

impl Options {
    pub(crate) fn from_args(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            rounds: 4001,
            tasks: 1_000_000,
            quick: false,
            filter: None,
        };
        for arg in args {
            match arg.as_str() {
                // What cargo adds.
                "--bench" => {}
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

    /// Whether the row of this name is to be measured.
    pub(crate) fn takes(&self, row: &str) -> bool {
        self.filter.as_ref().is_none_or(|part| row.contains(part.as_str()))
    }

    /// Whether the figures are fit to be kept.
    pub(crate) fn is_whole(&self) -> bool {
        !self.quick && self.filter.is_none()
    }
}
