//! The long form of `Debug`: a line for each value, in columns.

use super::line::lines;
use crate::descriptor::Descriptor;
use crate::map::binding::BindingRef;
use std::fmt;
use std::panic::Location;

/// How wide a line is if names and places leave room for the value.
const WIDTH: usize = 100;
const PLACE_WIDTH: usize = 40;
const LEAST_VALUE_WIDTH: usize = 20;

/// A value of a variable, what became of it, and what else there is to say of it.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) binding: &'a BindingRef,
    pub(super) change: &'static str,
    pub(super) note: &'static str,
}

impl Row<'_> {
    fn variable(&self) -> &'static Descriptor {
        self.binding.variable
    }
}

/// Shows the rows, sorted by name. Of one variable, what comes first stays first.
pub(super) fn show(title: &str, mut rows: Vec<Row<'_>>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if rows.is_empty() {
        return write!(f, "{title} {{}}");
    }
    rows.sort_by_key(|row| (row.variable().name, row.variable().declared));
    let bindings: Vec<_> = rows.iter().map(|row| row.binding).collect();
    let names: Vec<_> = (0..rows.len()).map(|index| name(&rows, index)).collect();
    let places: Vec<_> = rows.iter().map(|row| shown_place(row.binding.place)).collect();
    let mut values = lines(&bindings);

    let names_width = width(&names);
    let changes_width = rows.iter().map(|row| row.change.len()).max().unwrap_or(0);
    let taken = names_width + changes_width + width(&places) + "      ".len() + INDENT.len();
    let values_width = WIDTH.saturating_sub(taken).max(LEAST_VALUE_WIDTH);
    for value in &mut values {
        cut(value, values_width);
    }
    let values_width = width(&values);

    writeln!(f, "{title} {{")?;
    for (((row, name), value), place) in rows.iter().zip(names).zip(values).zip(places) {
        write!(f, "{INDENT}{name:names_width$}  ")?;
        if changes_width > 0 {
            write!(f, "{:changes_width$}  ", row.change)?;
        }
        writeln!(f, "{value:values_width$}  {place}{}", row.note)?;
    }
    f.write_str("}")
}

const INDENT: &str = "    ";

fn width(column: &[String]) -> usize {
    column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0)
}

/// The variable's name. If another one has it too, with the place where it is declared. Once, if there are two rows.
fn name(rows: &[Row<'_>], index: usize) -> String {
    let variable = rows[index].variable();
    if index > 0 && rows[index - 1].variable() == variable {
        return String::new();
    }
    let is_shared = rows
        .iter()
        .any(|row| row.variable().name == variable.name && row.variable() != variable);
    if is_shared {
        format!("{} ({})", variable.name, shown_place(variable.declared))
    } else {
        variable.name.to_owned()
    }
}

/// Cuts what is too long, and shows that it does.
fn cut(text: &mut String, width: usize) {
    if text.chars().count() > width {
        let end = text.char_indices().nth(width - 1).map_or(0, |(end, _)| end);
        text.truncate(end);
        text.push('…');
    }
}

/// A file and a line. Of a long path the end, which says more than the start.
fn shown_place(place: &Location<'_>) -> String {
    let mut shown = format!("{}:{}", place.file(), place.line());
    let surplus = (shown.chars().count() + 1).saturating_sub(PLACE_WIDTH);
    if surplus > 1 {
        let least = shown.char_indices().nth(surplus).map_or(0, |(start, _)| start);
        let start = shown[least..].find(['/', '\\']).map_or(least, |folder| least + folder);
        shown.replace_range(..start, "…");
    }
    shown
}
