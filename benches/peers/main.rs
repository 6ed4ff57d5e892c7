//! What each operation costs beside the peers and the raw limits, and whether it keeps its budget.
//!
//! The machines that this runs on are noisy: the same loop differs by tens of percent from one second to the next.
//! What holds is the ratio of two loops that ran within the same millisecond. So every row is measured in many short
//! rounds; in a round each subject of the row runs once, forwards and backwards in turn; a ratio is taken in each
//! round, and the median of the ratios is what counts.
//!
//! The harness is our own for that reason alone. criterion and divan measure one function to its end, and then the
//! next, so that seconds lie between the two sides, and they take no ratio of two functions. tango-bench does pair, but
//! it compares two builds of one function, not two functions of one build.

mod carried_table;
mod first_table;
mod hop_table;
mod limits;
mod opaque;
mod second_table;
mod space;

/// What measures, and what shows the figures: it knows no subject.
mod harness {
    pub(crate) mod output;
    pub(crate) mod row;
    pub(crate) mod threads;
    pub(crate) mod timing;
}

/// This crate's side.
mod ours {
    pub(crate) mod baggage;
    pub(crate) mod bound;
    pub(crate) mod carried;
    pub(crate) mod operations;
    pub(crate) mod variables;
}

/// The peers' side, a file each.
mod theirs {
    pub(crate) mod dcontext;
    pub(crate) mod execution_context;
    pub(crate) mod fastrace;
    pub(crate) mod opentelemetry;
    pub(crate) mod opentelemetry_baggage;
    pub(crate) mod task_local;
    pub(crate) mod tokio;
    pub(crate) mod tokio_inherit;
    pub(crate) mod tracing;
}

use harness::output;
use harness::row::Figure;
use std::process::ExitCode;

/// The tables, each with budgets of its own.
#[derive(Clone, Copy, PartialEq)]
enum Table {
    First,
    Second,
    Hop,
    /// The last: what it registers, all captures after it carry.
    Carried,
}

impl Table {
    const ALL: [Self; 4] = [Self::First, Self::Second, Self::Hop, Self::Carried];

    fn title(self) -> &'static str {
        match self {
            Self::First => "First table: each operation beside its peers",
            Self::Second => "Second table: what services do most, beside the least that does it",
            Self::Hop => "Table of hops: variables to and from another process, beside opentelemetry's propagator",
            Self::Carried => "Table of what is carried: the current span, beside tracing",
        }
    }
}

/// The options of a run.
struct Options {
    /// Rounds of the first pass.
    rounds: usize,
    /// Idle tasks whose memory is counted.
    tasks: usize,
    quick: bool,
    table: Option<Table>,
    filter: Option<String>,
}

const USAGE: &str =
    "usage: cargo bench --manifest-path benches/Cargo.toml -- [--first | --second | --hop | --carried] [--quick] [PART OF A ROW'S NAME]

With --first, --second, --hop or --carried the rows of that table alone. Without options all is measured, which takes some minutes, and
benches/results is written.";

impl Options {
    fn from_args(args: impl Iterator<Item = String>) -> Result<Self, String> {
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
                "--hop" if options.table.is_none() => options.table = Some(Table::Hop),
                "--carried" if options.table.is_none() => options.table = Some(Table::Carried),
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

    fn tables(&self) -> Vec<Table> {
        self.table.map_or_else(|| Table::ALL.to_vec(), |table| vec![table])
    }

    /// Whether the row of this name is to be measured.
    fn takes(&self, row: &str) -> bool {
        self.filter.as_ref().is_none_or(|part| row.contains(part.as_str()))
    }

    /// Whether the figures are fit to be kept.
    fn is_whole(&self) -> bool {
        !self.quick && self.table.is_none() && self.filter.is_none()
    }
}

/// How many times the rounds each pass makes; the first is for all rows, the others for those that are over a budget.
const PASSES: [usize; 3] = [1, 1, 2];

/// Measures the rows of a table that are asked for, and prints them.
fn measure(table: Table, options: &Options) -> Vec<Figure> {
    let mut rows = match table {
        Table::First => first_table::rows(options.tasks),
        Table::Second => second_table::rows(),
        Table::Hop => hop_table::rows(),
        Table::Carried => carried_table::rows(),
    };
    rows.retain(|row| options.takes(row.name()));
    let mut figures = Vec::new();
    if rows.is_empty() {
        return figures;
    }
    output::print_header(table.title());
    let mut notes = Vec::new();
    for mut row in rows {
        for times in PASSES {
            row.measure(times * options.rounds);
            if row.figures().iter().all(Figure::is_ok) {
                break;
            }
        }
        output::print(row.as_ref());
        figures.extend(row.figures());
        notes.extend(row.note());
    }
    output::print_footer(&notes);
    figures
}

fn main() -> ExitCode {
    let options = match Options::from_args(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    ours::variables::bind_all_once();
    theirs::dcontext::set_up();
    theirs::tracing::set_up();

    let mut figures = Vec::new();
    for table in options.tables() {
        figures.extend(measure(table, &options));
    }

    if options.is_whole() {
        let written = output::write_csv(&figures).and_then(|()| output::write_svg(&figures));
        if let Err(error) = written {
            eprintln!("the results could not be written: {error}");
            return ExitCode::FAILURE;
        }
    }
    if figures.is_empty() {
        eprintln!("no row has such a name");
        return ExitCode::FAILURE;
    }
    let over: Vec<&Figure> = figures.iter().filter(|figure| !figure.is_ok()).collect();
    for figure in &over {
        eprintln!("over budget: {figure}");
    }
    if over.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
