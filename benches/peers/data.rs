//! The figures as data: `results/peers.csv`.

use crate::figure::Figure;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{fs, io};

/// A file among the results.
pub(crate) fn path(name: &str) -> io::Result<PathBuf> {
    let results = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("results");
    fs::create_dir_all(&results)?;
    Ok(results.join(name))
}

pub(crate) fn write(figures: &[Figure]) -> io::Result<()> {
    let mut lines = String::from("row,subject,figure,unit,ratio,of,budget,ok\n");
    for figure in figures {
        let ratio = figure.ratio.map_or(String::new(), |ratio| format!("{ratio:.4}"));
        let (budget, ok) = match figure.budget {
            Some(budget) => {
                let plain = budget.to_string().replace('≤', "<=").replace('≥', ">=");
                (plain, figure.is_ok().to_string())
            }
            None => (String::new(), String::new()),
        };
        let value = format!("{:.3}", figure.value);
        let cells = [
            figure.row,
            &figure.subject,
            &value,
            figure.unit,
            &ratio,
            &figure.of,
            &budget,
            &ok,
        ];
        let line: Vec<String> = cells.into_iter().map(quoted).collect();
        writeln!(lines, "{}", line.join(",")).expect("a String takes all that is written");
    }
    fs::write(path("peers.csv")?, lines)
}

fn quoted(cell: &str) -> String {
    if cell.contains(',') {
        format!("\"{cell}\"")
    } else {
        cell.to_owned()
    }
}
