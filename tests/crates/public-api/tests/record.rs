//! Every public item of the published crates, with its signature, its trait impls and its auto traits, is the one on
//! record: a change of the API shows in a diff.
//!
//! `.ci/api --record` writes the record anew. A line that goes, or changes, is a breaking change. The order and the
//! wording of the lines are the compiler's, so they are pinned to one: with another the test is ignored. To move it,
//! change the version here, and that of `public-api` to one that reads what this compiler writes.

use public_api::Builder;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

#[rustversion::attr(not(stable(1.95)), ignore = "the record is that of rustc 1.95")]
#[cfg_attr(not(unix), ignore = "rustdoc is run by a shell script")]
#[test]
fn contextvars() {
    compare("contextvars");
}

#[rustversion::attr(not(stable(1.95)), ignore = "the record is that of rustc 1.95")]
#[cfg_attr(not(unix), ignore = "rustdoc is run by a shell script")]
#[test]
fn contextvars_core() {
    compare("contextvars-core");
}

#[rustversion::attr(not(stable(1.95)), ignore = "the record is that of rustc 1.95")]
#[cfg_attr(not(unix), ignore = "rustdoc is run by a shell script")]
#[test]
fn contextvars_macros() {
    compare("contextvars-macros");
}

fn compare(package: &str) {
    let path = format!("{HERE}/{package}.txt");
    let is = listing(package);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(path, is).unwrap();
        return;
    }
    let was = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        is == was,
        "the public API is not the one on record. `.ci/api --record` writes the record anew.\n--- {path}\n{}",
        difference(&was, &is)
    );
}

/// What the package offers with no feature, what each feature adds to it, and what it takes several for.
fn listing(package: &str) -> String {
    let mut out = String::new();
    let mut seen = HashSet::new();
    let mut section = |title: &str, items: Vec<String>| {
        writeln!(out, "# {title}").unwrap();
        for item in items.into_iter().filter(|item| seen.insert(item.clone())) {
            writeln!(out, "{item}").unwrap();
        }
        writeln!(out).unwrap();
    };
    section("no features", items(package, ""));
    let features = features(package);
    for (feature, enables) in &features {
        match feature.as_str() {
            "default" => section(&format!("default = {enables}"), vec![]),
            _ => section(feature, items(package, feature)),
        }
    }
    if features.len() > 1 {
        let all: Vec<_> = features.into_iter().map(|(feature, _)| feature).collect();
        section("all features", items(package, &all.join(",")));
    }
    out
}

/// The features of a package, each with what it enables, but for its dependencies.
fn features(package: &str) -> Vec<(String, String)> {
    let out = cargo(&["metadata", "--no-deps", "--format-version=1"]);
    let metadata: Value = serde_json::from_slice(&out).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|p| p["name"] == package).unwrap();
    let features = package["features"].as_object().unwrap();
    let enables = |list: &Value| {
        let names = list.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        names
            .filter(|name| !name.contains([':', '/']))
            .collect::<Vec<_>>()
            .join(", ")
    };
    features
        .iter()
        .map(|(feature, list)| (feature.clone(), enables(list)))
        .collect()
}

/// The public items with these features. Left out are blanket impls, which are not the crate's own, and traits that only
/// a nightly can name.
fn items(package: &str, features: &str) -> Vec<String> {
    cargo(&[
        "rustdoc",
        "--quiet",
        "-p",
        package,
        "--lib",
        "--no-default-features",
        "--features",
        features,
    ]);
    let json = format!(
        "{}/../doc/{}.json",
        env!("CARGO_TARGET_TMPDIR"),
        package.replace('-', "_")
    );
    let defaults = defaults(&serde_json::from_slice(&fs::read(&json).unwrap()).unwrap());
    let api = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .build()
        .unwrap();
    let items = api.into_items().map(|item| item.to_string());
    let stable = |item: &String| {
        !["::Freeze for ", "::UnsafeUnpin for "]
            .iter()
            .any(|name| item.contains(name))
    };
    items.filter(stable).chain(defaults).collect()
}

/// The type parameters that may be left out, which `public-api` doesn't show.
fn defaults(rustdoc: &Value) -> Vec<String> {
    let mut found = vec![];
    for item in rustdoc["index"].as_object().unwrap().values() {
        for inner in item["inner"].as_object().unwrap().values() {
            for parameter in inner["generics"]["params"].as_array().into_iter().flatten() {
                let default = &parameter["kind"]["type"]["default"];
                if item["visibility"] == "public" && !default.is_null() {
                    let path = default["resolved_path"]["path"]
                        .as_str()
                        .map_or(default.to_string(), str::to_owned);
                    found.push(format!("default of {}<{}> = {path}", item["name"], parameter["name"]).replace('"', ""));
                }
            }
        }
    }
    found.sort();
    found
}

fn cargo(args: &[&str]) -> Vec<u8> {
    let out = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(HERE)
        .env("RUSTDOC", format!("{HERE}/rustdoc"))
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "cargo {args:?}:\n{}",
        String::from_utf8_lossy(&out.stderr)
    );
    out.stdout
}

/// What went and what came.
fn difference(was: &str, is: &str) -> String {
    let lacks = |text: &str, line: &str| !text.lines().any(|other| other == line);
    let went = was
        .lines()
        .filter(|line| lacks(is, line))
        .map(|line| format!("- {line}\n"));
    let came = is
        .lines()
        .filter(|line| lacks(was, line))
        .map(|line| format!("+ {line}\n"));
    went.chain(came).collect()
}
