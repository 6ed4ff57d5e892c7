//! `tests/CASES.md` has a row for each case, and its rows and the tests name each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The cases: a number is never given to another.
const NUMBERS: &[RangeInclusive<u32>] = &[
    1..=5,
    7..=7,
    9..=45,
    47..=48,
    53..=53,
    59..=59,
    61..=61,
    65..=69,
    71..=89,
    91..=115,
    125..=128,
    136..=136,
    138..=138,
    141..=144,
    147..=169,
    171..=176,
    178..=178,
    204..=216,
    218..=219,
    222..=225,
    240..=249,
    251..=253,
    275..=292,
];

/// The cases whose names begin with a `T`.
const TRAPS: RangeInclusive<u32> = 1..=36;

/// The cases whose names begin with a `P`.
const REPORTS: RangeInclusive<u32> = 1..=22;

const DOES_NOT_APPLY: &str = "does not apply: ";

struct Row {
    case: &'static str,
    checks: &'static str,
    how: &'static str,
}

impl Row {
    fn parse(line: &'static str) -> Option<Self> {
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        Some(Self {
            case: cells.next().filter(|case| is_case(case))?,
            checks: cells.next().unwrap_or_default(),
            how: cells.next().unwrap_or_default(),
        })
    }

    /// What the last cell names between backticks, unless it gives a reason.
    fn names(&self) -> Vec<&'static str> {
        let named = Some(self.how).filter(|how| !how.starts_with(DOES_NOT_APPLY));
        named.unwrap_or_default().split('`').skip(1).step_by(2).collect()
    }
}

fn is_case(text: &str) -> bool {
    text.strip_prefix(['T', 'P']).unwrap_or(text).parse::<u32>().is_ok()
}

fn rows() -> Vec<Row> {
    include_str!("CASES.md").lines().filter_map(Row::parse).collect()
}

/// Every function in the tests, and the cases that the comment above it names.
fn functions() -> BTreeMap<String, BTreeSet<String>> {
    let mut functions = BTreeMap::<_, BTreeSet<_>>::new();
    for (path, place) in sources() {
        let source = fs::read_to_string(path).expect("a readable file");
        let mut cases = BTreeSet::new();
        for line in source.lines().map(str::trim) {
            if let Some(comment) = line.strip_prefix("///") {
                cases.extend(cases_of(comment));
            } else if let Some((_, signature)) = line.split_once("fn ") {
                let name = signature.split(['(', '<']).next().unwrap_or_default();
                let known = functions.entry(format!("{place}::{name}")).or_default();
                known.append(&mut cases);
            } else if !line.starts_with("#[") {
                cases.clear();
            }
        }
    }
    functions
}

/// The numbers after the word, up to a colon or a full stop.
fn cases_of(comment: &str) -> Vec<String> {
    let (_, listed) = comment.split_once("Case").unwrap_or_default();
    let listed = listed.split([':', '.']).next().unwrap_or_default();
    let words = listed.split([' ', ',']).filter(|word| is_case(word));
    words.map(str::to_owned).collect()
}

/// The sources that hold tests, and how a row names the place.
fn sources() -> Vec<(PathBuf, String)> {
    let mut sources = Vec::new();
    for path in rust_files(&root().join("tests")) {
        let place = place_in("tests", &path);
        if !["ui/", "crates/", "frameworks/"]
            .iter()
            .any(|dir| place.starts_with(dir))
        {
            sources.push((path, place.trim_end_matches("/main").to_owned()));
        }
    }
    for member in ["attributes", "heavy-executors", "web"] {
        let dir = format!("{FRAMEWORKS}/{member}");
        for path in rust_files(&root().join(&dir)) {
            let place = place_in(&dir, &path);
            // What several binaries share lies beside them.
            let place = place.strip_prefix("tests/").unwrap_or(&place);
            sources.push((path, format!("frameworks/{member}/{}", place.trim_end_matches("/main"))));
        }
    }
    for path in rust_files(&root().join(ECOSYSTEM)) {
        let place = place_in(ECOSYSTEM, &path);
        sources.push((path, format!("ecosystem/{}", place.trim_end_matches("/main"))));
    }
    for path in rust_files(&root().join(CORE)) {
        let place = place_in(CORE, &path).replace('/', "::");
        sources.push((path, format!("contextvars_core::{place}")));
    }
    sources
}

const CORE: &str = "ctx-core/src";
const ECOSYSTEM: &str = "tests/crates/ecosystem/tests";
const FRAMEWORKS: &str = "tests/frameworks";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn place_in(dir: &str, path: &Path) -> String {
    let place = path
        .strip_prefix(root().join(dir))
        .expect("a file inside")
        .with_extension("");
    place.to_string_lossy().replace('\\', "/")
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("a readable directory").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// What lies beside this crate is not in its package: there, it is taken as given.
fn is_here(dir: &str) -> bool {
    root().join(dir).is_dir()
}

/// The files that a name stands for which is no test's.
fn files(name: &str) -> Vec<String> {
    match name.split('/').next() {
        Some("ui") if !is_here("tests/ui") => vec![],
        Some("ui") if name.starts_with("ui/fail/") => [".rs", ".stderr"].map(|end| format!("tests/{name}{end}")).into(),
        Some("ui") => vec![format!("tests/{name}.rs")],
        Some("crates") if is_here("tests/crates") => vec![format!("tests/{name}/Cargo.toml")],
        Some(".ci") if is_here(".ci") => vec![name.to_owned()],
        Some("crates" | ".ci") => vec![],
        _ => vec![name.to_owned()],
    }
}

/// What is wrong with a name in the row of a case.
fn fault(name: &str, case: &str, functions: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    if name.contains("::") {
        return match functions.get(name) {
            Some(cases) if cases.contains(case) => None,
            Some(_) => Some(format!(
                "write \"Case {case}\" above the test, or take it out of the row"
            )),
            None if name.starts_with("contextvars_core::") && !is_here(CORE) => None,
            None if name.starts_with("ecosystem/") && !is_here(ECOSYSTEM) => None,
            None if name.starts_with("frameworks/") && !is_here(FRAMEWORKS) => None,
            None => Some("there is no such test".to_owned()),
        };
    }
    let missing = files(name).into_iter().find(|file| !root().join(file).is_file())?;
    Some(format!("there is no file {missing}"))
}

fn none(faults: impl Iterator<Item = String>) {
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "in tests/CASES.md:\n{}", faults.join("\n"));
}

#[test]
fn each_case_has_one_row() {
    let numbers = NUMBERS.iter().cloned().flatten().map(|number| number.to_string());
    let traps = TRAPS.map(|number| format!("T{number}"));
    let reports = REPORTS.map(|number| format!("P{number}"));
    let expected: Vec<String> = numbers.chain(traps).chain(reports).collect();
    let rows = rows();
    let wrong = expected.iter().filter_map(|case| {
        let found = rows.iter().filter(|row| row.case == case).count();
        (found != 1).then(|| format!("case {case} has {found} rows: write one"))
    });
    let unknown = rows
        .iter()
        .map(|row| row.case)
        .filter(|case| !expected.iter().any(|known| known == case));
    none(wrong.chain(unknown.map(|case| format!("case {case}: remove it, or add it to the ranges in tests/cases.rs"))));
}

#[test]
fn each_row_says_what_and_how() {
    let silent = |row: &&Row| {
        let reason = row.how.strip_prefix(DOES_NOT_APPLY);
        row.checks.is_empty() || reason.map_or(row.names().is_empty(), str::is_empty)
    };
    let advice = "say what is checked, and name what checks it, or write \"does not apply: \" and the reason";
    none(
        rows()
            .iter()
            .filter(silent)
            .map(|row| format!("case {}: {advice}", row.case)),
    );
}

#[test]
fn what_a_row_names_exists_and_names_its_case() {
    let (rows, functions) = (rows(), functions());
    let named = rows
        .iter()
        .flat_map(|row| row.names().into_iter().map(move |name| (row.case, name)));
    none(named.filter_map(|(case, name)| Some(format!("case {case}: `{name}`: {}", fault(name, case, &functions)?))));
}

#[test]
fn what_names_a_case_is_in_its_row() {
    let (rows, functions) = (rows(), functions());
    let in_row = |case: &str, test: &str| rows.iter().any(|row| row.case == case && row.names().contains(&test));
    let tagged = functions
        .iter()
        .flat_map(|(test, cases)| cases.iter().map(move |case| (case, test)));
    none(
        tagged
            .filter(|(case, test)| !in_row(case, test))
            .map(|(case, test)| format!("case {case}: add `{test}`, whose comment names it")),
    );
}
