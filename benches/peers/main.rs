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

mod allocator;
mod budget;
mod chart;
mod cores;
mod data;
mod figure;
mod limits;
mod memory;
mod opaque;
mod options;
mod ours;
mod processor;
mod rounds;
mod row;
mod rows;
mod sizes;
mod table;
mod theirs;
mod threads;
mod turns;

use figure::Figure;
use options::Options;
use std::process::ExitCode;
use table::Table;

/// How many times the rounds each pass makes; the first is for all rows, the others for those that are over a budget.
const PASSES: [usize; 3] = [1, 1, 2];

/// Measures the rows of a table that are asked for, and prints them.
fn measure(table: Table, options: &Options) -> Vec<Figure> {
    let mut rows = rows::of(table, options);
    rows.retain(|row| options.takes(row.name()));
    let mut figures = Vec::new();
    if rows.is_empty() {
        return figures;
    }
    table::print_header(table);
    let mut notes = Vec::new();
    for mut row in rows {
        for times in PASSES {
            row.measure(times * options.rounds);
            if row.figures().iter().all(Figure::is_ok) {
                break;
            }
        }
        table::print(row.as_ref());
        figures.extend(row.figures());
        notes.extend(row.note());
    }
    table::print_footer(&notes);
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
    theirs::set_up();

    let mut figures = Vec::new();
    for table in options.tables() {
        figures.extend(measure(table, &options));
    }

    if options.is_whole() {
        let written = data::write(&figures).and_then(|()| chart::write(&figures));
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
