//! The output: both tables on the terminal, in 100 columns, `results/peers.csv` and the chart, `results/peers.svg`.

use super::row::{Figure, Row};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{fs, io, thread};

/// The title, the processor that the figures are from, and the heads of the columns.
pub(crate) fn print_header(title: &str) {
    println!("{title}\n{}\n", processor());
    println!(
        "  {:<40} {:>12}    {:<28} {:>6} verdict",
        "subject", "time or size", "ratio × another of its row", "budget",
    );
}

/// A row: its name, and a line for each figure. The name of the other subject is cut at 22 characters.
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

/// The name of the processor, its family and model, and how many there are: ratios differ from one family to another.
fn processor() -> String {
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    format!("{cpus} × {}", described(&info))
}

/// What `/proc/cpuinfo` says of the first one.
fn described(info: &str) -> String {
    let field = |name: &str| {
        info.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim())
        })
    };
    let Some(name) = field("model name") else {
        return format!("a processor without a name, {}", std::env::consts::ARCH);
    };
    match (field("cpu family"), field("model")) {
        (Some(family), Some(model)) => format!("{name}, family {family}, model {model}"),
        _ => name.to_owned(),
    }
}

/// A file among the results.
fn results(name: &str) -> io::Result<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("results");
    fs::create_dir_all(&folder)?;
    Ok(folder.join(name))
}

/// Writes the figures as data.
pub(crate) fn write_csv(figures: &[Figure]) -> io::Result<()> {
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
    fs::write(results("peers.csv")?, lines)
}

fn quoted(cell: &str) -> String {
    if cell.contains(',') {
        format!("\"{cell}\"")
    } else {
        cell.to_owned()
    }
}

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

/// Draws the chart: a panel for each operation, a bar for each subject.
pub(crate) fn write_svg(figures: &[Figure]) -> io::Result<()> {
    let bars: Vec<&Figure> = figures.iter().filter(|figure| figure.bar.is_some()).collect();
    let panels: Vec<&[&Figure]> = bars.chunk_by(|one, next| one.row == next.row).collect();
    let height: i32 = panels.iter().map(|panel| height_of(panel)).sum::<i32>() + TITLE / 2;
    let path = results("peers.svg")?;
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
