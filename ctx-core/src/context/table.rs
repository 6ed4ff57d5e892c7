//! The long form of `Debug`: a line for each value, in columns.

use super::line::lines;
use crate::descriptor::Descriptor;
use crate::map::binding::BindingRef;
use std::fmt;
use std::panic::Location;

/// How wide a line is, in characters, if names and places leave room for the value.
const WIDTH: usize = 100;
const PLACE_WIDTH: usize = 40;
const LEAST_VALUE_WIDTH: usize = 20;
const INDENT: &str = "    ";
const GAP: &str = "  ";

/// A value of a variable, what became of it, and what else there is to say of it.
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

/// Shows the rows, sorted by name. Of one variable, what comes first stays first. Then what is `carried`, if anything is.
#[inline]
pub(super) fn show(title: &str, mut rows: Vec<Row<'_>>, carried: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if rows.is_empty() && carried.is_empty() {
        return write!(f, "{title} {{}}");
    }
    rows.sort_by_key(|row| (row.variable().name, row.variable().declared));
    let bindings: Vec<_> = rows.iter().map(|row| row.binding).collect();
    let names: Vec<_> = (0..rows.len()).map(|index| name(&rows, index)).collect();
    let places: Vec<_> = rows
        .iter()
        .map(|row| shown_place(row.binding.place) + row.note)
        .collect();
    let mut values = lines(&bindings);

    let names_width = width(&names);
    let changes_width = match rows.iter().map(|row| row.change.len()).max() {
        None | Some(0) => 0,
        Some(longest) => longest + GAP.len(),
    };
    let others_width = INDENT.len() + names_width + GAP.len() + changes_width + GAP.len() + width(&places);
    let values_width = WIDTH.saturating_sub(others_width).max(LEAST_VALUE_WIDTH);
    for value in &mut values {
        cut(value, values_width);
    }
    let values_width = width(&values);

    writeln!(f, "{title} {{")?;
    for (((row, name), value), place) in rows.iter().zip(names).zip(values).zip(places) {
        let change = row.change;
        writeln!(
            f,
            "{INDENT}{name:names_width$}{GAP}{change:changes_width$}{value:values_width$}{GAP}{place}"
        )?;
    }
    if !carried.is_empty() {
        writeln!(f, "{INDENT}(carried: {carried})")?;
    }
    f.write_str("}")
}

#[inline]
fn width(column: &[String]) -> usize {
    column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0)
}

/// The variable's name. If another one has it too, with the place where it is declared. Once, if there are two rows.
#[inline]
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
#[inline]
fn cut(text: &mut String, width: usize) {
    if text.chars().count() > width {
        let end = text.char_indices().nth(width - 1).map_or(0, |(end, _)| end);
        text.truncate(end);
        text.push('…');
    }
}

/// A file and a line.
#[inline]
fn shown_place(place: &Location<'_>) -> String {
    shortened(format!("{}:{}", place.file(), place.line()))
}

/// Of a long path the end, which says more than the start: whole folders, if the last one fits.
#[inline]
fn shortened(mut place: String) -> String {
    let len = place.chars().count();
    if len > PLACE_WIDTH {
        let surplus = len + "…".chars().count() - PLACE_WIDTH;
        let least = place.char_indices().nth(surplus).map_or(0, |(start, _)| start);
        let start = place[least..]
            .find(['/', '\\'])
            .map_or(least, |separator| least + separator);
        place.replace_range(..start, "…");
    }
    place
}

#[cfg(test)]
mod tests;
