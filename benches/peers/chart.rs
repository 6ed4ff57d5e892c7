//! The chart: `results/peers.svg`, a panel for each operation, a bar for each subject.

use crate::data;
use crate::figure::Figure;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::io;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const WIDTH: i32 = 900;
const LABELS: i32 = 250;
const BARS: i32 = 560;
const BAR: i32 = 20;
const TITLE: i32 = 34;
const FONT: &str = "sans-serif";
const INK: RGBColor = RGBColor(36, 41, 47);
const OURS: RGBColor = RGBColor(9, 105, 218);
const THEIRS: RGBColor = RGBColor(175, 184, 193);
const LIMIT: RGBColor = RGBColor(216, 222, 228);

pub(crate) fn write(figures: &[Figure]) -> io::Result<()> {
    let bars: Vec<&Figure> = figures.iter().filter(|figure| figure.bar.is_some()).collect();
    let panels: Vec<&[&Figure]> = bars.chunk_by(|one, next| one.row == next.row).collect();
    let height: i32 = panels.iter().map(|panel| height_of(panel)).sum::<i32>() + TITLE / 2;
    let path = data::path("peers.svg")?;
    let root = SVGBackend::new(&path, (WIDTH.unsigned_abs(), height.unsigned_abs())).into_drawing_area();
    draw(&root, &panels).map_err(io::Error::other)
}

fn height_of(panel: &[&Figure]) -> i32 {
    TITLE + BAR * i32::try_from(panel.len()).expect("a panel has few bars")
}

type Drawn = Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

fn draw(root: &Area<'_>, panels: &[&[&Figure]]) -> Drawn {
    root.fill(&WHITE)?;
    let mut top = 0;
    for panel in panels {
        draw_panel(root, top, panel)?;
        top += height_of(panel);
    }
    root.present()
}

/// The fastest above, each panel on a scale of its own.
fn draw_panel(root: &Area<'_>, top: i32, panel: &[&Figure]) -> Drawn {
    let title = (FONT, 18).into_font().style(FontStyle::Bold).color(&INK);
    let title = title.pos(Pos::new(HPos::Left, VPos::Bottom));
    root.draw(&Text::new(
        format!("{}, ns", panel[0].row),
        (14, top + TITLE - 5),
        title,
    ))?;

    let mut panel = panel.to_vec();
    panel.sort_by(|one, other| one.value.total_cmp(&other.value));
    let longest = panel.last().map_or(1.0, |figure| figure.value.max(0.1));
    for (at, figure) in (0..).zip(&panel) {
        draw_bar(root, top + TITLE + at * BAR, figure, figure.value.max(0.0) / longest)?;
    }
    Ok(())
}

fn draw_bar(root: &Area<'_>, top: i32, figure: &Figure, share: f64) -> Drawn {
    let name = figure.bar.unwrap_or_default();
    let color = match name {
        _ if name.starts_with("contextvars") => OURS,
        _ if name.starts_with("limit") => LIMIT,
        _ => THEIRS,
    };
    let text = (FONT, 15).into_font().color(&INK);
    let middle = top + BAR / 2;
    let label = text.pos(Pos::new(HPos::Right, VPos::Center));
    root.draw(&Text::new(name.to_owned(), (LABELS - 8, middle), label))?;

    #[expect(clippy::cast_possible_truncation, reason = "at most the width of the bars")]
    let end = LABELS + (f64::from(BARS) * share).round() as i32;
    root.draw(&Rectangle::new(
        [(LABELS, top + 3), (end.max(LABELS + 1), top + BAR - 3)],
        color.filled(),
    ))?;

    let decimals = usize::from(figure.value < 10.0);
    let value = text.pos(Pos::new(HPos::Left, VPos::Center));
    root.draw(&Text::new(
        format!("{:.*}", decimals, figure.value),
        (end + 6, middle),
        value,
    ))
}
