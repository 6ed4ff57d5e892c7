//! Files use each other in one direction: whoever reads one need not come back to it. The sources are read for this.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which modules a module uses, by their paths in the crate, such as `["map", "node", "slot"]`.
type Uses = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("a readable directory").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        // Tests use whatever they test.
        if ["tests", "models"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
    all
}

fn module(dir: &Path, file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(dir).expect("a file inside").with_extension("");
    let names = inside.iter().map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name != "mod" && name != "lib").collect()
}

/// The paths of a tree such as `a::{b, c::{d, e}}`, without blanks.
fn paths(tree: &str) -> Vec<String> {
    let Some((prefix, group)) = tree.split_once('{') else {
        return vec![tree.to_owned()];
    };
    let mut items = vec![String::new()];
    let mut depth = 0;
    for character in group.strip_suffix('}').expect("a closed group").chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if character == ',' && depth == 0 {
            items.push(String::new());
        } else {
            items.last_mut().expect("one").push(character);
        }
    }
    let items = items.iter().filter(|item| !item.is_empty());
    items.flat_map(|item| paths(&format!("{prefix}{item}"))).collect()
}

fn uses(dir: &str) -> Uses {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(dir);
    let files = sources(&dir);
    let modules: BTreeSet<_> = files.iter().map(|file| module(&dir, file)).collect();
    let mut uses = Uses::new();
    for file in &files {
        let from = module(&dir, file);
        let text = fs::read_to_string(file).expect("a readable file");
        // Statements at the margin: a module inside a file uses that file, which is no other one.
        for statement in text.split('\n').enumerate().filter_map(|(at, line)| {
            let start = line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub(super) "));
            let start = start.or(line.strip_prefix("pub ")).unwrap_or(line);
            start
                .starts_with("use ")
                .then(|| text.split('\n').skip(at).collect::<Vec<_>>().join(""))
        }) {
            let tree = statement.split_once("use ").expect("it has one").1;
            let tree: String = tree.split(';').next().expect("one").split_whitespace().collect();
            for path in paths(&tree) {
                let mut to = from.clone();
                let mut names: Vec<_> = path.split("::").map(str::to_owned).collect();
                match names[0].as_str() {
                    "crate" => to.clear(),
                    "self" => {}
                    "super" => _ = to.pop(),
                    _ => continue,
                }
                names.remove(0);
                while names.first().is_some_and(|name| name == "super") {
                    names.remove(0);
                    to.pop();
                }
                to.extend(names);
                while !modules.contains(&to) {
                    to.pop();
                }
                if to != from && !to.is_empty() {
                    uses.entry(from.clone()).or_default().insert(to);
                }
            }
        }
    }
    uses
}

/// A way from a module back to itself, if there is one.
fn circle(uses: &Uses, way: &mut Vec<Vec<String>>, done: &mut BTreeSet<Vec<String>>) -> Option<String> {
    let last = way.last().expect("a start").clone();
    for next in uses.get(&last).into_iter().flatten() {
        if let Some(at) = way.iter().position(|module| module == next) {
            let names = way[at..].iter().chain([next]).map(|module| module.join("::"));
            return Some(names.collect::<Vec<_>>().join(" -> "));
        }
        if done.contains(next) {
            continue;
        }
        way.push(next.clone());
        if let Some(found) = circle(uses, way, done) {
            return Some(found);
        }
        way.pop();
    }
    done.insert(last);
    None
}

fn is_here(dir: &str) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(dir).is_dir()
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    // The packages beside this one are not in its package.
    for dir in ["ctx-core/src", "ctx-macros/src", "src"]
        .into_iter()
        .filter(|dir| is_here(dir))
    {
        let uses = uses(dir);
        assert!(uses.len() > 5, "{dir} is read");
        let mut done = BTreeSet::new();
        for module in uses.keys() {
            if let Some(circle) = circle(&uses, &mut vec![module.clone()], &mut done) {
                panic!("{dir}: {circle}");
            }
        }
    }
}

/// As the front page of the core draws it.
#[test]
fn rooms_of_the_core_use_those_below_them() {
    const ROOMS: [&str; 8] = [
        "bind",
        "future",
        "context",
        "variable",
        "current",
        "ambient",
        "map",
        "descriptor",
    ];
    if !is_here("ctx-core/src") {
        return;
    }
    let floor = |module: &[String]| {
        ROOMS
            .iter()
            .position(|room| *room == module[0])
            .expect("one of the rooms")
    };
    for (from, to) in uses("ctx-core/src") {
        for to in to.iter().filter(|_| !from.is_empty()) {
            assert!(floor(&from) <= floor(to), "{} uses {}", from.join("::"), to.join("::"));
        }
    }
}
