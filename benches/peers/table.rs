//! The two tables, in 100 columns.

use crate::processor;
use crate::row::Row;

/// Which of the two: each has its budget.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Table {
    First,
    Second,
}

pub(crate) fn print_header(table: Table) {
    let title = match table {
        Table::First => "First table: each operation beside its peers",
        Table::Second => "Second table: what services do most, beside the least that does it",
    };
    println!("{title}\n{}\n", processor::description());
    println!("Time or size of one operation; its ratio to another line of the same row; what the ratio may be.");
}

pub(crate) fn print(row: &dyn Row) {
    println!("\n{}", row.name());
    for figure in row.figures() {
        let value = format!("{:.2} {}", figure.value, figure.unit);
        let ratio = figure.ratio.map_or(String::new(), |ratio| format!("{ratio:.3} ×"));
        let budget = figure.budget.map_or(String::new(), |budget| budget.to_string());
        let verdict = match (figure.budget, figure.is_ok()) {
            (None, _) => "",
            (Some(_), true) => "ok",
            (Some(_), false) => "OVER",
        };
        let line = format!(
            "  {:<40} {value:>12} {ratio:>8} {:<22.22} {budget:>6} {verdict}",
            figure.subject, figure.of,
        );
        println!("{}", line.trim_end());
    }
}

pub(crate) fn print_footer(notes: &[String]) {
    println!(
        "
Medians over all rounds; a ratio is the median of the ratios in each round. Each budgeted read is made by 16
functions, and a round takes their mean. In the rows of polls, what a bare poll takes is taken off both
sides. A row that is over a budget is measured again, at most twice, and all rounds count; half a percent is
within what can be told. Two threads run the same batch alone, each in turn, and then together: the ratio is 2
where the slower one takes no longer beside the other; of both the lower quartiles count."
    );
    for note in notes {
        println!("{note}");
    }
}
